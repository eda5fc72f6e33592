"""Sentences that several scenes use."""

from __future__ import annotations

import posdevkit as pos

from .narrator import Narrator

__all__ = ["tell_job", "tell_order"]


def tell_order(narrator: Narrator, order: pos.Order) -> None:
    """What is sold."""
    rates = [f"{group.rate / 100:g} %" for group in order.vat_groups]
    narrator.tell(
        "order",
        f"order {order.number}: {len(order.lines)} lines, {order.total}, discount {order.reduction}, "
        f"VAT {order.vat} ({', '.join(rates)})",
        number=order.number,
        lines=len(order.lines),
        total=str(order.total),
        vat=str(order.vat),
        discount=str(order.reduction),
    )


def tell_job(narrator: Narrator, job: pos.Job) -> None:
    """What became of a job, with the figures."""
    outcome = job.outcome
    first, whole = (job.seconds_to_first_byte or 0) * 1000, (job.seconds or 0) * 1000
    narrator.tell(
        "job",
        f"{job.key}: {outcome.bytes_total:,} bytes, first byte after {first:.1f} ms, "
        f"{outcome.delivery.value} after {whole:,.1f} ms, evidence: {outcome.evidence.value}",
        key=job.key,
        bytes=outcome.bytes_total,
        first_byte_milliseconds=round(first, 2),
        milliseconds=round(whole, 2),
        delivery=outcome.delivery.value,
        evidence=outcome.evidence.value,
    )
