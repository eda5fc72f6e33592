"""Datagrams that others recorded or worked out: ENPC, Star's broadcast, and a DNS-SD answer with compressed names."""

from __future__ import annotations

from posdevkit.protocols.discovery import dns, enpc, star


def test_enpc_asks_as_others_do() -> None:
    # An enumerator of network printers; github.com/mike42/escpos-php issue 923 (peer's bytes).
    assert enpc.ASK_NAME.hex() == "4550534f4e510300000100000000"
    assert enpc.ASK_MODEL.hex() == "4550534f4e5103000000100000000000"


def test_enpc_model_as_a_tm_t88v_told_it() -> None:
    # escpos-php issue 923: 147 bytes, the length 133 at offset 12, the model behind five bytes.
    told = bytes.fromhex("4550534f4e71" + "03000000" + "00000085" + "0005200264").ljust(19, b"\0")
    told = (told + b"TM-T88V").ljust(147, b"\0")
    assert enpc.read_reply(told) == enpc.Reply(model="TM-T88V")
    assert enpc.model_reply("TM-T88V") == told
    assert enpc.read_reply(told[:146]) is None


def test_enpc_name_and_hardware_address() -> None:
    # The enumerator reads the address at 14 to 19 and the name at 56, in an answer of 184 bytes.
    told = bytearray(184)
    told[:14] = bytes.fromhex("4550534f4e71" + "0300000100000000")
    told[14:20] = bytes.fromhex("0026ab112233")
    told[56:66] = b"EPSON12345"
    assert enpc.read_reply(bytes(told)) == enpc.Reply(name="EPSON12345", hardware="00:26:AB:11:22:33")


def test_star_asks_and_reads_as_a_driver_for_the_tsp100lan_does() -> None:
    # Its request in hexadecimal; of the answer: 16s name, 8s version, 2s, 10s, 16s model, 8s firmware (facts only).
    assert star.ASK.hex() == "5354525f4243415354" + "00" * 7 + "5251312e302e30" + "00001c6431"
    told = b"STR_BCAST".ljust(16, b"\0") + b"RS1.0.1".ljust(8, b"\0") + bytes(12)
    told = (told + b"TSP100LAN".ljust(16, b"\0") + b"1.2".ljust(8, b"\0")).ljust(302, b"\0")
    assert star.read_reply(told) == star.Reply("TSP100LAN", "1.2")
    assert star.reply("TSP100LAN", "1.2") == told
    assert star.read_reply(star.ASK) is None


def test_a_dns_sd_answer_by_hand() -> None:
    # RFC 1035, 4.1: header; PTR at 12 with the service's name; SRV, TXT and A whose names point back to it.
    message = bytes.fromhex("0000 8400 0000 0001 0000 0003".replace(" ", ""))
    service = b"\x0f_pdl-datastream\x04_tcp\x05local\x00"  # at 12; _tcp at 28, local at 33
    instance = b"\x0bKitchen 1.2\xc0\x0c"  # its label holds a dot and a blank
    message += service + bytes.fromhex("000c 0001 00000078".replace(" ", "")) + len(instance).to_bytes(2)
    at = len(message).to_bytes(2)
    pointer = bytes((0xC0 | at[0], at[1]))
    message += instance
    srv = bytes(4) + (9100).to_bytes(2) + b"\x04npi1\xc0\x21"
    message += pointer + bytes.fromhex("0021 8001 00000078".replace(" ", "")) + len(srv).to_bytes(2)
    host = (len(message) + 6).to_bytes(2)
    message += srv
    text = b"\x11ty=EPSON TM-m30II\x0aTY=nothing\x00\x04flag"
    message += pointer + bytes.fromhex("0010 8001 00000078".replace(" ", "")) + len(text).to_bytes(2) + text
    message += bytes((0xC0 | host[0], host[1])) + bytes.fromhex("0001 8001 00000078 0004 c0a80157".replace(" ", ""))
    (found,) = dns.instances(dns.records(message))
    assert found == dns.Instance(
        "_pdl-datastream._tcp", "Kitchen 1.2", 9100, ("192.168.1.87",), {"ty": "EPSON TM-m30II", "flag": ""}
    )


def test_a_query_asks_for_an_answer_to_the_asker_alone() -> None:
    # RFC 6762, 5.4: the top bit of the class.
    asked = dns.query([dns.name_of("_ipp._tcp.local")])
    assert asked.hex() == "000000000001000000000000" + "045f697070" + "045f746370" + "056c6f63616c00" + "000c8001"
    assert dns.questions(asked) == [("_ipp", "_tcp", "local")]
    assert dns.records(asked) == []


def test_a_name_that_points_to_itself_ends() -> None:
    message = bytes.fromhex("000084000000000100000000") + b"\xc0\x0c" + bytes(10)
    assert dns.records(message) == []
