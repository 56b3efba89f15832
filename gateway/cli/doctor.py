"""The command `doctor`: osu!track's responses, the settings, Redis and the edge cache."""

import asyncio
import json
import logging

from gateway.edge.purge_client import PurgeClient
from gateway.errors import UpstreamError
from gateway.osutrack.diagnosis import diagnose
from gateway.osutrack.doctor import examine
from gateway.osutrack.endpoints import CLASSES
from gateway.osutrack.upstream import Upstream
from gateway.setting_sources import read_settings
from gateway.setting_types import secret
from gateway.settings import Settings
from gateway.shared.redis_check import examine_redis

from .setting_risks import setting_risks

Findings = dict[str, list[str]]


def doctor(user_id: int | None, *, as_json: bool) -> int:
    """Print every finding, after one request to each endpoint that only reads; returns the exit code."""
    # The findings have all causes; without a handler, Python would print warnings too.
    logging.getLogger("gateway").addHandler(logging.NullHandler())
    findings = asyncio.run(_examine(read_settings(), user_id))
    lines = [f"{subject}: {'; '.join(problems) or 'as expected'}" for subject, problems in findings.items()]
    print(json.dumps(findings, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))
    return 1 if any(findings.values()) else 0


async def _examine(settings: Settings, user_id: int | None) -> Findings:
    upstream = Upstream(settings)
    try:
        findings = await examine(upstream.client, user_id)
    finally:
        await upstream.close()
    findings["settings"] = [str(risk) for risk in setting_risks(settings)]
    if redis_url := secret(settings.redis_url):
        findings["redis"] = await examine_redis(redis_url, CLASSES)
    if settings.purge_url:
        findings["purge"] = await _examine_purges(settings)
    return findings


async def _examine_purges(settings: Settings) -> list[str]:
    client = PurgeClient(settings)
    try:
        await client.reach()
    except UpstreamError as exc:
        return [str(diagnose(exc))]
    finally:
        await client.close()
    return []
