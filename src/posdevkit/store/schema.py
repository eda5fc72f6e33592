"""The tables in SQL, as each step of `migrations` makes them.

Quantities are whole millionths, so that sums are exact. Times are seconds since 1970 where nothing else is said.
"""

from __future__ import annotations

from typing import Final

__all__ = ["HUB", "HUB_KICKS", "PRINT_BEGINNINGS", "PRINT_JOBS", "PRINT_QUEUES", "PRINT_WIDTHS", "SHOP"]

PRINT_JOBS: Final = """
CREATE TABLE print_job (
    number      INTEGER PRIMARY KEY AUTOINCREMENT,
    printer     TEXT NOT NULL,
    key         TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    data        BLOB NOT NULL,
    ends        BLOB NOT NULL,
    proof_at    INTEGER NOT NULL,
    state       TEXT NOT NULL,
    process_id  BLOB NOT NULL DEFAULT x'',
    delivery    TEXT NOT NULL DEFAULT 'none',
    evidence    TEXT NOT NULL DEFAULT 'none',
    problem     TEXT NOT NULL DEFAULT '',
    attempts    INTEGER NOT NULL DEFAULT 0,
    added_at    REAL NOT NULL,
    changed_at  REAL NOT NULL,
    UNIQUE (printer, key)
);
CREATE INDEX print_job_by_state ON print_job (printer, state, number);
"""

SHOP: Final = """
CREATE TABLE setting (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE receipt_number (
    register TEXT PRIMARY KEY,
    last     INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE sale (
    fact_id      TEXT PRIMARY KEY,
    receipt      TEXT NOT NULL,
    register     TEXT NOT NULL,
    sequence     INTEGER NOT NULL,
    business_day TEXT NOT NULL,
    shift        INTEGER,
    refund_of    TEXT,
    fact         TEXT NOT NULL,
    UNIQUE (register, sequence)
);
CREATE INDEX sale_by_shift ON sale (register, shift, sequence);
CREATE INDEX sale_by_receipt ON sale (receipt);
CREATE INDEX sale_by_refund ON sale (refund_of) WHERE refund_of IS NOT NULL;

CREATE TABLE journal (
    seq       INTEGER PRIMARY KEY,
    at        TEXT NOT NULL,
    actor     TEXT NOT NULL,
    kind      TEXT NOT NULL,
    payload   TEXT NOT NULL,
    previous  TEXT NOT NULL,
    hash      TEXT NOT NULL,
    signature TEXT NOT NULL
);
CREATE TRIGGER journal_goes_on BEFORE INSERT ON journal
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM journal)
    OR NEW.previous IS NOT coalesce((SELECT hash FROM journal ORDER BY seq DESC LIMIT 1), NEW.previous)
BEGIN SELECT RAISE(ABORT, 'the journal goes on from its last row'); END;
CREATE TRIGGER journal_keeps BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is never changed'); END;
CREATE TRIGGER journal_stays BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'nothing is taken out of the journal'); END;

CREATE TABLE stock_movement (
    number   INTEGER PRIMARY KEY,
    fact_id  TEXT NOT NULL,
    place    INTEGER NOT NULL,
    sku      TEXT NOT NULL,
    quantity INTEGER NOT NULL,
    reason   TEXT NOT NULL,
    UNIQUE (fact_id, place)
);
CREATE INDEX stock_movement_by_sku ON stock_movement (sku, quantity);
CREATE TABLE stock_balance (
    sku      TEXT PRIMARY KEY,
    quantity INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE points_entry (
    number   INTEGER PRIMARY KEY,
    fact_id  TEXT NOT NULL,
    customer TEXT NOT NULL,
    rule     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    points   INTEGER NOT NULL,
    UNIQUE (fact_id, customer, rule, kind)
);
CREATE INDEX points_entry_by_customer ON points_entry (customer, points);
CREATE TABLE points_balance (
    customer TEXT PRIMARY KEY,
    points   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE outbox (
    number   INTEGER PRIMARY KEY AUTOINCREMENT,
    fact_id  TEXT NOT NULL UNIQUE,
    fact     TEXT NOT NULL,
    size     INTEGER NOT NULL,
    added_at REAL NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX outbox_size ON outbox (size);

CREATE TABLE dead_letter (
    number       INTEGER PRIMARY KEY,
    fact_id      TEXT NOT NULL UNIQUE,
    fact         TEXT NOT NULL,
    code         TEXT NOT NULL,
    detail       TEXT NOT NULL,
    buried_at    REAL NOT NULL,
    discarded_at REAL,
    discarded_by TEXT NOT NULL DEFAULT '',
    reason       TEXT NOT NULL DEFAULT '',
    journal_seq  INTEGER
);

CREATE TABLE mirror (
    kind    TEXT NOT NULL,
    key     TEXT NOT NULL,
    version INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (kind, key)
) WITHOUT ROWID;
CREATE TABLE product_code (
    code TEXT NOT NULL,
    sku  TEXT NOT NULL,
    PRIMARY KEY (code, sku)
) WITHOUT ROWID;
CREATE INDEX product_code_by_sku ON product_code (sku);

CREATE TABLE parked_basket (
    name      TEXT PRIMARY KEY,
    basket    TEXT NOT NULL,
    parked_at REAL NOT NULL
);

CREATE TABLE shift (
    register     TEXT NOT NULL,
    number       INTEGER NOT NULL,
    opened_at    TEXT NOT NULL,
    opened_by    TEXT NOT NULL,
    opening_cash INTEGER NOT NULL,
    fact_id      TEXT,
    PRIMARY KEY (register, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX shift_open ON shift (register) WHERE fact_id IS NULL;
"""

HUB: Final = """
CREATE TABLE hub_token (
    id         TEXT PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE,
    name       TEXT NOT NULL,
    created_at REAL NOT NULL,
    expires_at REAL NOT NULL
);
CREATE TABLE hub_pairing (
    number     INTEGER PRIMARY KEY CHECK (number = 1),
    hash       TEXT NOT NULL,
    expires_at REAL NOT NULL,
    tries_left INTEGER NOT NULL
);
"""

# `printer` is the queue whose promise a job is, `carrier` the printer that prints it: they part where a station's job
# goes to another printer. Earlier versions knew receipts and labels alone; a label's data begins with ^XA.
PRINT_QUEUES: Final = """
ALTER TABLE print_job ADD COLUMN carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE print_job ADD COLUMN priority INTEGER NOT NULL DEFAULT 0;
ALTER TABLE print_job ADD COLUMN lease TEXT NOT NULL DEFAULT '';
ALTER TABLE print_job ADD COLUMN lease_until REAL NOT NULL DEFAULT 0;
ALTER TABLE print_job ADD COLUMN commands TEXT NOT NULL DEFAULT 'escpos';
ALTER TABLE print_job ADD COLUMN language TEXT NOT NULL DEFAULT 'da';
ALTER TABLE print_job ADD COLUMN copy_of TEXT NOT NULL DEFAULT '';
ALTER TABLE print_job ADD COLUMN asked_by TEXT NOT NULL DEFAULT '';
ALTER TABLE print_job ADD COLUMN cuts_before INTEGER;
UPDATE print_job SET carrier = printer;
UPDATE print_job SET commands = 'zpl' WHERE substr(data, 1, 3) = x'5E5841';
CREATE INDEX print_job_by_turn ON print_job (carrier, state, priority DESC, number);
CREATE TABLE print_job_form (
    number   INTEGER NOT NULL REFERENCES print_job (number) ON DELETE CASCADE,
    carrier  TEXT NOT NULL,
    data     BLOB NOT NULL,
    ends     BLOB NOT NULL,
    proof_at INTEGER NOT NULL,
    commands TEXT NOT NULL,
    PRIMARY KEY (number, carrier)
);
"""

# How many dots across the printer has that a job was made for; 0 where nobody told: earlier versions did not.
PRINT_WIDTHS: Final = """
ALTER TABLE print_job ADD COLUMN width INTEGER NOT NULL DEFAULT 0;
ALTER TABLE print_job_form ADD COLUMN width INTEGER NOT NULL DEFAULT 0;
"""

HUB_KICKS: Final = """
CREATE TABLE hub_kick (
    printer   TEXT NOT NULL,
    key       TEXT NOT NULL,
    pin       INTEGER NOT NULL,
    delivery  TEXT NOT NULL,
    evidence  TEXT NOT NULL,
    kicked_at REAL NOT NULL,
    PRIMARY KEY (printer, key)
) WITHOUT ROWID;
"""

# When a job must have begun, or else never: a drawer that opens later stands open before nobody. NULL: whenever it can.
PRINT_BEGINNINGS: Final = """
ALTER TABLE print_job ADD COLUMN begin_by REAL;
CREATE INDEX print_job_by_beginning ON print_job (carrier, begin_by) WHERE begin_by IS NOT NULL;
"""
