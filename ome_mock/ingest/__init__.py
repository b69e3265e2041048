"""RTMP without sockets, as the recorded engine speaks it: bytes in, bytes to send and frozen events out.

    listener                       RtmpConnection                        the client
    receive(bytes) -> events   <-  handshake, chunks, commands, media <- bytes
    accept(), refuse()         ->  an answer to the publisher
    bytes_to_send()            ->  bytes                              -> bytes

Nothing of the media is kept but what its headers say. Imports nothing of the emulator but its errors.
"""
