"""Rules for names of virtual hosts, applications, streams, output profiles and output streams that don't exist."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import unquote

from ..rest import Api
from .diagnosed_request import DiagnosedRequest
from .wording import listed, quoted, shown, unknown

NEEDED = {
    "startRecord": "FILE",
    "stopRecord": "FILE",
    "records": "FILE",
    "startPush": "Push",
    "stopPush": "Push",
    "scheduledChannels": "Schedule",
    "multiplexChannels": "Multiplex",
}
"""The publisher or provider that an application must have for an action or a list."""


def virtual_host(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    name, names = asked.names.vhost, [each.name for each in api.engine.virtual_hosts()]
    if name and name not in names:
        yield unknown("virtual host", name, "", names)


def application(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    vhost, app = asked.names.vhost or "", asked.names.app
    names = [each.name for each in api.engine.virtual_host(vhost).applications]
    if not app or app in names:
        return
    others = [each.name for each in api.engine.virtual_hosts() if app in {application.name for application in each.applications}]
    if others:
        instead = shown(f"/v1/vhosts/{others[0]}/apps/{app}")
        yield f"The application {quoted(app)} is not in virtual host {quoted(vhost)} but in {listed(others)}: send {instead}."
    else:
        yield unknown("application", app, f"virtual host {quoted(vhost)}", names)


def output_profile(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    vhost, app, kind, item, _ = asked.names
    if kind == "outputProfiles" and item:
        names = [each.name for each in api.engine.application(vhost or "", app or "").output_profiles]
        if item not in names:
            yield unknown("output profile", item, shown(f"{vhost}/{app}"), names)


def input_stream(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    vhost, app, stream = asked.names.vhost or "", asked.names.app or "", asked.names.stream
    streams = api.engine.input_streams(vhost, app)
    if not stream or stream in {each.path.stream for each in streams}:
        return
    where = shown(f"{vhost}/{app}")
    maker = next((each for each in streams if each.find_output(stream)), None)
    elsewhere = [f"{each.path.vhost}/{each.path.app}" for each in api.engine.input_streams_named(stream)]
    if maker is not None:
        yield (
            f"{quoted(stream)} is an output stream, and a path names the input stream it is made of: "
            f"send .../streams/{shown(maker.path.stream)}, and {quoted(stream)} as outputStreamName."
        )
    elif elsewhere:
        yield f"The input stream {quoted(stream)} is not connected in {where} but in {listed(elsewhere)}: send that path."
    elif not streams:
        yield f"No input stream is connected in {where}: connect {quoted(stream)} first."
    else:
        yield unknown("connected input stream", stream, where, [each.path.stream for each in streams])
        if unquote(stream) == stream:
            yield f"If {quoted(stream)} is what was meant, connect it first."


def output_stream(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    name, stream = asked.text("outputStreamName"), asked.input_stream(api)
    if not name or stream.find_output(name):
        return
    names = [each.name for each in stream.outputs]
    siblings = api.engine.input_streams(stream.path.vhost, stream.path.app)
    maker = next((each for each in siblings if each.find_output(name)), None)
    if maker is not None:
        yield f"The output stream {quoted(name)} is made of the input stream {quoted(maker.path.stream)}: send that one in the path."
    elif name in {each.path.stream for each in siblings}:
        yield f"outputStreamName {quoted(name)} is an input stream: send one of its output streams, {listed(names, 'or')}."
    else:
        yield unknown("output stream", name, f"input stream {quoted(stream.path.stream)}", names)


def unpublished_output_stream(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    output = asked.input_stream(api).find_output(asked.text("outputStreamName"))
    if output is None or output.is_packaged:
        return
    if output.publisher is None:
        yield f"The application {quoted(output.app)} does not publish LL-HLS: configure <LLHLS> among its <Publishers>."
    else:
        yield f"The output stream {quoted(output.name)} has no track that LL-HLS carries: encode H.264 or AAC in its output profile."


def not_configured(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    vhost, app, kind, _, action = asked.names
    asked_for = action or kind or ""
    if app and asked_for in NEEDED:
        application = api.engine.application(vhost or "", app)
        element = NEEDED[asked_for]
        if element.lower() not in application.publishers | application.providers:
            yield f"The application {quoted(app)} has no <{element}>, which {quoted(asked_for)} needs: configure it."


def read_only(asked: DiagnosedRequest, api: Api) -> Iterator[str]:
    vhost = asked.names.vhost or ""
    if api.engine.virtual_host(vhost).read_only and asked.names.kind in {None, "outputProfiles"}:
        yield (
            f"The virtual host {quoted(vhost)} is one of the Server.xml, and the API never changes those: "
            "change the Server.xml, or make a virtual host with POST /v1/vhosts and change that."
        )


MISTAKES = (virtual_host, application, not_configured, output_profile, input_stream, output_stream, unpublished_output_stream)
