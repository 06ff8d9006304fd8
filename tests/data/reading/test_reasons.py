"""What libraries say, told on."""

from data.reading.damage import damaged


def test_no_folder_of_the_server_is_told_in_either_language() -> None:
    refused = damaged(OSError("cannot read /var/lib/落图/上传/a.shp"))
    for words in (refused.what.zh, refused.what.en):
        assert "/var/lib" not in words
        assert "落图" not in words
