"""The uploader, with an emulated engine on one side and an emulated S3 (moto) on the other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from uploader import Uploader

from ome_mock import OmeMock, faults


@pytest.fixture
def s3() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret")
        client.create_bucket(Bucket="takes")
        yield client


def names_in(s3: Any) -> set[str]:
    return {found["Key"] for found in s3.list_objects_v2(Bucket="takes").get("Contents", [])}


def test_dump_is_uploaded_while_it_is_written(ome: OmeMock, s3: Any, tmp_path: Path) -> None:
    ome.start_dump("d1", output_path="/d1", info_file="/d1.info", playlist=["llhls.m3u8"])
    uploader = Uploader(s3, "takes", tmp_path / "d1.info", tmp_path)
    ome.clock.advance(30)
    assert uploader.look() == "Running"
    assert len([name for name in names_in(s3) if name.startswith("d1/seg_0_")]) == 5
    ome.clock.advance(30)
    ome.stop_dump("d1")
    assert uploader.look() == "Completed"
    for path in ome.dumps["d1"].files:
        kept = s3.get_object(Bucket="takes", Key=f"d1/{path.name}")["Body"].read()
        assert kept == path.read_bytes()  # playlists too, as they are in the end


def test_segment_that_is_listed_and_not_there_is_told(ome: OmeMock, s3: Any, tmp_path: Path) -> None:
    ome.start_dump("d1", output_path="/d1", info_file="/d1.info")
    ome.faults.arm(faults.SkippedFile(file="seg_0_*", nth=2))
    ome.clock.advance(60)
    uploader = Uploader(s3, "takes", tmp_path / "d1.info", tmp_path)
    uploader.look()
    assert len(uploader.missing) == 1
    assert len([name for name in names_in(s3) if name.startswith("d1/seg_0_")]) == 9
