import pytest

from ome_mock.hls.delivery_directives import DeliveryDirectives, differing_directives

DEFAULT = DeliveryDirectives()


@pytest.mark.parametrize(
    ("query", "directives"),
    [
        pytest.param({}, DeliveryDirectives(), id="nothing"),
        pytest.param({"_HLS_msn": "7", "_HLS_part": "0"}, DeliveryDirectives(msn=7, part=0), id="a part"),
        pytest.param({"_HLS_msn": "-1"}, DeliveryDirectives(), id="a negative number"),
        pytest.param({"_HLS_msn": "٣"}, DeliveryDirectives(), id="digits of another script"),
        pytest.param({"_HLS_msn": ""}, DeliveryDirectives(), id="an empty number"),
        pytest.param({"_HLS_legacy": "yEs"}, DeliveryDirectives(legacy=True), id="legacy in any spelling"),
        pytest.param({"_HLS_legacy": "1"}, DeliveryDirectives(), id="legacy of another value"),
        pytest.param({"_HLS_rewind": "NO"}, DeliveryDirectives(rewind=False), id="no rewind"),
        pytest.param({"_HLS_rewind": ""}, DeliveryDirectives(rewind=False), id="an empty rewind"),
    ],
)
def test_query_is_read(query: dict[str, str], directives: DeliveryDirectives) -> None:
    assert DeliveryDirectives.parse(query.get, DEFAULT) == directives


def test_what_a_query_does_not_say_is_at_its_default() -> None:
    default = DeliveryDirectives(legacy=True, rewind=False)
    assert DeliveryDirectives.parse(lambda _: None, default) == default


@pytest.mark.parametrize(
    ("directives", "query"),
    [
        (DeliveryDirectives(msn=1, part=2), ""),
        (DeliveryDirectives(legacy=True), "_HLS_legacy=YES"),
        (DeliveryDirectives(legacy=True, rewind=False), "_HLS_legacy=YES&_HLS_rewind=NO"),
    ],
    ids=["numbers", "legacy", "both"],
)
def test_switches_that_differ_are_carried_on(directives: DeliveryDirectives, query: str) -> None:
    assert differing_directives(directives, DEFAULT) == query


def test_a_default_is_undone() -> None:
    assert differing_directives(DEFAULT, DeliveryDirectives(legacy=True, rewind=False)) == "_HLS_legacy=NO&_HLS_rewind=YES"
