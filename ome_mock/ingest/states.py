"""The states of a connection, and every way from one to another, as one table.

Two rules: all that decides how a connection goes on stands here, and whatever is not here cannot happen. What the engine answers on the way
is `connection.py`'s.

    HANDSHAKE --> CONFIRMATION --> COMMANDS --> ASKED --> WAITING --> LIVE
    (C0, C1)      (C2)             (connect)    (a name)  (media)     (tracks known)
                                             |
                                   <---------+ the listener passes over it
                                   and ENDED from each of them
"""

from __future__ import annotations

from enum import Enum

from .errors import WrongMoment


class State(Enum):
    """The stages of a connection."""

    HANDSHAKE = "handshake"
    """C0 and C1 are not complete."""
    CONFIRMATION = "confirmation"
    """S0, S1 and S2 are sent; C2 is not complete."""
    COMMANDS = "commands"
    """Messages are read; none has named a stream. Media have it closed."""
    ASKED = "asked"
    """A command has named a stream, and the listener has yet to say whether it may. Nothing is read."""
    WAITING = "waiting"
    """The publisher may; its media have yet to say which tracks there are."""
    LIVE = "live"
    """The tracks are known: there is a stream until the connection ends. No command ends it (recorded: media after deleteStream)."""
    ENDED = "ended"


class Step(Enum):
    """The causes that bring a connection from one state to another."""

    HANDSHAKE_ANSWERED = "C0 and C1 were answered"
    CONFIRMED = "C2 came"
    PUBLISH_REQUESTED = "FCPublish or publish named a stream"
    ACCEPTED = "the listener accepted it"
    PASSED_OVER = "the listener passed over it"
    TRACKS_KNOWN = "media told of the tracks"
    ENDED = "client, listener or a violation ended it"


TRANSITIONS: dict[tuple[State, Step], State] = {
    (State.HANDSHAKE, Step.HANDSHAKE_ANSWERED): State.CONFIRMATION,
    (State.CONFIRMATION, Step.CONFIRMED): State.COMMANDS,
    (State.COMMANDS, Step.PUBLISH_REQUESTED): State.ASKED,
    (State.ASKED, Step.ACCEPTED): State.WAITING,
    (State.ASKED, Step.PASSED_OVER): State.COMMANDS,
    (State.WAITING, Step.TRACKS_KNOWN): State.LIVE,
    **{(state, Step.ENDED): State.ENDED for state in State if state is not State.ENDED},
}


def next_state(state: State, step: Step) -> State:
    """The state that a step leads to; raises WrongMoment where it leads nowhere."""
    try:
        return TRANSITIONS[state, step]
    except KeyError:
        raise WrongMoment(f"{step.value}, but the connection is in the state {state.value!r}") from None
