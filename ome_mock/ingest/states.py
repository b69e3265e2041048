"""The states of a connection, and every transition between them, as one table.

No other module decides on a transition, and one that is missing in the table is impossible. The answers are in `connection.py`.

    HANDSHAKE --> CONFIRMATION --> COMMANDS --> ASKED --> WAITING --> LIVE
    (C0, C1)      (C2)             (connect)    (a name)  (media)     (tracks known)
                                   and ENDED from each of them
"""

from __future__ import annotations

from enum import Enum

from .errors import WrongMoment


class State(Enum):
    """The states of a connection."""

    HANDSHAKE = "handshake"
    """C0 and C1 are not complete."""
    CONFIRMATION = "confirmation"
    """S0, S1 and S2 are sent; C2 is not complete."""
    COMMANDS = "commands"
    """Messages are read; none has named a stream. Media close the connection."""
    ASKED = "asked"
    """A command has named a stream, and the listener has not decided. Nothing is read."""
    WAITING = "waiting"
    """The publisher was accepted; its tracks are not known yet."""
    LIVE = "live"
    """The tracks are known. The stream exists until the connection ends; no command ends it (recorded: media after deleteStream)."""
    ENDED = "ended"


class Step(Enum):
    """The transitions between states."""

    HANDSHAKE_ANSWERED = "C0 and C1 were answered"
    CONFIRMED = "C2 came"
    PUBLISH_REQUESTED = "FCPublish or publish named a stream"
    ACCEPTED = "the listener accepted it"
    TRACKS_KNOWN = "media told of the tracks"
    ENDED = "client, listener or a violation ended it"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.HANDSHAKE, Step.HANDSHAKE_ANSWERED): State.CONFIRMATION,
    (State.CONFIRMATION, Step.CONFIRMED): State.COMMANDS,
    (State.COMMANDS, Step.PUBLISH_REQUESTED): State.ASKED,
    (State.ASKED, Step.ACCEPTED): State.WAITING,
    (State.WAITING, Step.TRACKS_KNOWN): State.LIVE,
    **{(state, Step.ENDED): State.ENDED for state in State if state is not State.ENDED},
}


def next_state(state: State, step: Step) -> State:
    """The state after a step. Raises WrongMoment if the state doesn't allow it."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise WrongMoment(f"{step.value}, but the connection is in the state {state.value!r}") from None
