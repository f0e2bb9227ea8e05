"""Writes the test vectors beside it, from docs/ledger.md alone: it shares no line with the TypeScript that it tests.

    python3 gateway/ledger/vectors/make.py      (needs the package `cryptography` for the signatures)
"""

import hashlib
import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

HERE = Path(__file__).parent
ORIGIN = "data.example/ledger"
SUBJECT_KEY = bytes(range(32))
# The key of RFC 8037, appendix A: everybody knows its private half.
SIGNING_KEY = Ed25519PrivateKey.from_private_bytes(
    bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
)
KID = "vectors"


def sha256(*pieces: bytes) -> bytes:
    return hashlib.sha256(b"".join(pieces)).digest()


def b64u(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def canonical(value) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def u32(number: int) -> bytes:
    return number.to_bytes(4, "big")


def subject_of(citizen: str) -> str:
    return "s1." + b64u(hmac.new(SUBJECT_KEY, citizen.encode(), hashlib.sha256).digest()[:16])


# The inner tree, top down, as the definition reads.


def inner_depth(parts: int) -> int:
    depth = 4
    while 2**depth < parts:
        depth += 4
    return depth


def salt(key: bytes, slot: int) -> bytes:
    return sha256(b"\x12", key, u32(slot))


def inner_node(key: bytes, parts: list[str], level: int, index: int) -> bytes:
    if index << level >= len(parts):
        return sha256(b"\x13", key, bytes([level]), u32(index))
    if level == 0:
        return sha256(b"\x10", salt(key, index), parts[index].encode())
    left, right = (inner_node(key, parts, level - 1, 2 * index + side) for side in (0, 1))
    return sha256(b"\x11", left, right)


def record_root(key: bytes, parts: list[str]) -> bytes:
    return inner_node(key, parts, inner_depth(len(parts)), 0)


def inner_path(key: bytes, parts: list[str], slot: int) -> list[bytes]:
    return [inner_node(key, parts, level, (slot >> level) ^ 1) for level in range(inner_depth(len(parts)))]


# The log's tree: RFC 9162, sections 2.1.1, 2.1.3.1 and 2.1.4.1, as they read.


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00", entry)


def split(size: int) -> int:
    k = 1
    while 2 * k < size:
        k *= 2
    return k


def mth(leaves: list[bytes]) -> bytes:
    if not leaves:
        return sha256()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return sha256(b"\x01", mth(leaves[:k]), mth(leaves[k:]))


def inclusion(index: int, leaves: list[bytes]) -> list[bytes]:
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return inclusion(index, leaves[:k]) + [mth(leaves[k:])]
    return inclusion(index - k, leaves[k:]) + [mth(leaves[:k])]


def consistency(first: int, leaves: list[bytes], whole: bool = True) -> list[bytes]:
    if first == len(leaves):
        return [] if whole else [mth(leaves)]
    k = split(len(leaves))
    if first <= k:
        return consistency(first, leaves[:k], whole) + [mth(leaves[k:])]
    return consistency(first - k, leaves[k:], False) + [mth(leaves[:k])]


def jws(typ: str, payload) -> str:
    header = {"alg": "EdDSA", "kid": KID, "typ": typ}
    text = ".".join(b64u(canonical(part).encode()) for part in (header, payload))
    return text + "." + b64u(SIGNING_KEY.sign(text.encode()))


def write(name: str, value) -> None:
    (HERE / name).write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", "utf-8")


# What follows are the cases.


def canonical_vectors():
    values = [
        {"v": 1, "kind": "ANSWER", "id": "x"},
        {"b": [True, False, None], "a": {"d": -1, "c": 9007199254740991}},
        {"text": "Quảng Ngãi", "escapes": '"\\/\b\f\n\r\t\u0000\u001f\u007f', "wide": "\U0001f600\u2028"},
        [],
        {},
    ]
    refused = [
        '{"a":1,"a":2}',
        '{"b":1,"a":2}',
        '{"a": 1}',
        '{"a":1.0}',
        '{"a":1e2}',
        '{"a":-0}',
        '{"a":0.5}',
        '{"a":9007199254740992}',
        '{"a":"\\u0041"}',
        '{"a":"\\u000A"}',
        '{"a":"\\/"}',
        '{"a":"\\ud800"}',
        '{"a":1}\n',
        "\ufeff{}",
        "",
    ]
    return {"canonical": [{"value": value, "text": canonical(value)} for value in values], "refused": refused}


def tree_vectors(key: bytes, parts: list[str]):
    return {
        "key": b64u(key),
        "parts": parts,
        "depth": inner_depth(len(parts)),
        "salts": [b64u(salt(key, slot)) for slot in range(len(parts))],
        "slots": [b64u(inner_node(key, parts, 0, slot)) for slot in range(len(parts))],
        "paths": [
            {"slot": slot, "path": [b64u(node) for node in inner_path(key, parts, slot)]}
            for slot in sorted({0, 1, len(parts) // 2, len(parts) - 1})
        ],
        "root": b64u(record_root(key, parts)),
        "leaf": b64u(leaf_hash(record_root(key, parts))),
    }


def log_vectors():
    # The entries that the reference implementation of Certificate Transparency tests with.
    entries = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [leaf_hash(bytes.fromhex(entry)) for entry in entries]
    sizes = range(1, len(leaves) + 1)
    return {
        "entries": entries,
        "roots": [mth(leaves[:size]).hex() for size in range(len(leaves) + 1)],
        "inclusion": [
            {"index": index, "size": size, "path": [node.hex() for node in inclusion(index, leaves[:size])]}
            for size in sizes
            for index in range(size)
        ],
        "consistency": [
            {"first": first, "second": second, "path": [node.hex() for node in consistency(first, leaves[:second])]}
            for second in sizes
            for first in range(1, second + 1)
        ],
    }


def digest(text: str) -> str:
    return "sha-256=:" + b64encode(hashlib.sha256(text.encode()).digest()).decode() + ":"


def commitment(first_byte: bytes, nonce: bytes, body: str) -> str:
    return b64u(sha256(first_byte, nonce, sha256(body.encode())))


def commitment_vectors():
    nonce = sha256(b"nonce of an answer")
    true, false = '{"data":{"matchCitizen":true}}\n', '{"data":{"matchCitizen":false}}\n'
    bodies = [('{"query":"{ me { fullName } }"}', true), ("?query=%7Bme%7BfullName%7D%7D", false), ("", "")]
    return [
        {
            "nonce": b64u(nonce),
            "request": request,
            "answer": answer,
            "requestDigest": digest(request),
            "answerDigest": digest(answer),
            "requestCommitment": commitment(b"\x14", nonce, request),
            "answerCommitment": commitment(b"\x15", nonce, answer),
        }
        for request, answer in bodies
    ]


def nonce_of(number: int) -> bytes:
    return sha256(b"nonce of the answer", u32(number))


def identifier(number: int) -> str:
    return f"019ab000-0000-7000-8000-{number:012x}"


def common(number: int, kind: str):
    return {
        "v": 1,
        "kind": kind,
        "id": identifier(number),
        "time": f"2026-11-23T02:00:{number:02d}.000Z",
        "issuer": "https://idp.example",
        "partner": "mot-cua",
        "agency": "H48.53",
        "purpose": "TTHC",
        "legalBasis": "MANDATORY_SHARE",
    }


def operation(number: int, subjects: int, **more):
    return {
        "request": f"request-{number}",
        "officer": "officer-17",
        "case": "H48.53-261123-0001",
        "operation": {"type": "query", "hash": hashlib.sha256(f"query {number}".encode()).hexdigest()},
        "disclosed": ["Citizen.fullName"] if subjects else [],
        "denied": [],
        "departments": [{"name": "citizens", "status": "ok"}],
        "subjects": subjects,
        "status": 200,
        "requestCommitment": commitment(b"\x14", nonce_of(number), f"request {number}"),
        "answerCommitment": commitment(b"\x15", nonce_of(number), f"answer {number}"),
    } | more


def record(number: int, kind: str, about, citizens: list[str], **entry):
    entries = [{"subject": subject_of(citizen), "coordinates": ["Citizen.fullName"]} | entry for citizen in citizens]
    entries.sort(key=lambda one: one["subject"])
    parts = [canonical(common(number, kind)), canonical(about), *map(canonical, entries)]
    return {"key": sha256(b"key of the record", u32(number)), "parts": parts}


def records():
    mutation = {"operation": {"type": "mutation", "hash": "0" * 64, "name": "GhiCuTru"}}
    intent = operation(2, 1, **mutation)
    for later in ("requestCommitment", "answerCommitment", "status"):
        del intent[later]
    denied = operation(1, 0, departments=[], status=403, denied=["Citizen.birthDate", "Citizen.fullName"])
    return [
        record(0, "ANSWER", operation(0, 1), ["k1.an"]),
        record(1, "ANSWER", denied, []),
        record(2, "INTENT", intent, ["k1.an"]),
        record(3, "OUTCOME", operation(3, 1, intent=identifier(2), **mutation), ["k1.an"]),
        record(4, "ANSWER", operation(4, 15), [f"k1.{n}" for n in range(14)] + ["k1.an"], passed=[["Citizen.birthDate", "health"]]),
    ]


def retention_record(number: int, last: int):
    id_, before = identifier(number), "2026-11-23T02:00:02.000Z"
    signature = jws("lienthong-retention+jwt", {"origin": ORIGIN, "id": id_, "from": 0, "to": last, "before": before})
    about = {"retention": {"from": 0, "to": last, "before": before}, "signature": signature}
    head = {"v": 1, "kind": "RETENTION", "id": id_, "time": f"2026-11-23T02:00:{number:02d}.000Z"}
    return {"key": sha256(b"key of the record", u32(number)), "parts": [canonical(head), canonical(about)]}


def head(leaves: list[bytes], size: int) -> str:
    time = f"2026-11-23T02:01:{size:02d}.000Z"
    return jws("lienthong-head+jwt", {"origin": ORIGIN, "size": size, "root": b64u(mth(leaves[:size])), "time": time})


def subtrees(leaves: list[bytes]) -> list[bytes]:
    """Roots of the largest perfect subtrees, from left to right."""
    if not leaves:
        return []
    whole = 1
    while 2 * whole <= len(leaves):
        whole *= 2
    return [mth(leaves[:whole]), *subtrees(leaves[whole:])]


def export(all_records, heads: list[int], deleted: int = 0, first: int = 0) -> str:
    roots = [record_root(one["key"], one["parts"]) for one in all_records]
    leaves = [leaf_hash(root) for root in roots]
    after = {"size": first, "hashes": [b64u(root) for root in subtrees(leaves[:first])]}
    lines = [{"format": "lienthong-ledger/1", "origin": ORIGIN} | ({"after": after} if first else {})]
    if first in heads:
        lines.append({"head": head(leaves, first), "number": heads.index(first)})
    for seq, one in enumerate(all_records):
        if seq < first:
            continue
        about, operation_text, *entries = one["parts"]
        body = {"key": b64u(one["key"]), "common": about, "operation": operation_text, "entries": entries}
        lines.append({"record": {"seq": seq, "root": b64u(roots[seq])} | ({} if seq < deleted else body)})
        if seq + 1 in heads:
            lines.append({"head": head(leaves, seq + 1), "number": heads.index(seq + 1)})
    lines.append({"end": {"size": len(leaves), "root": b64u(mth(leaves)), "heads": len(heads)}})
    return "".join(canonical(line) + "\n" for line in lines)


def proof(all_records, seq: int, citizen: str, size: int):
    key, parts = all_records[seq]["key"], all_records[seq]["parts"]
    slot = next(n for n, part in enumerate(parts) if n > 1 and json.loads(part)["subject"] == subject_of(citizen))
    leaves = [leaf_hash(record_root(one["key"], one["parts"])) for one in all_records]

    def shown(number: int):
        path = [b64u(node) for node in inner_path(key, parts, number)]
        return {"slot": number, "text": parts[number], "salt": b64u(salt(key, number)), "path": path}

    return {
        "format": "lienthong-proof/1",
        "seq": seq,
        "common": shown(0),
        "entry": shown(slot),
        "inclusion": [b64u(node) for node in inclusion(seq, leaves[:size])],
        "head": head(leaves, size),
    }


def main() -> None:
    key = sha256(b"key")
    one = records()
    write("canonical.json", canonical_vectors())
    write("subject.json", {"key": b64u(SUBJECT_KEY), "subjects": {c: subject_of(c) for c in ("k1.an", "k1.bình")}})
    write("record.json", [tree_vectors(key, [canonical({"n": n}) for n in range(parts)]) for parts in (2, 3, 16, 17, 40)])
    write("log.json", log_vectors())
    write("commitment.json", commitment_vectors())
    public = b64u(SIGNING_KEY.public_key().public_bytes_raw())
    write("jwks.json", {"keys": [{"kty": "OKP", "crv": "Ed25519", "x": public, "kid": KID, "alg": "EdDSA", "use": "sig"}]})
    (HERE / "export.jsonl").write_text(export(one, [1, 3, 5]), "utf-8")
    after = export([*one, retention_record(5, 1)], [1, 3, 5, 6], deleted=2)
    (HERE / "export-after-retention.jsonl").write_text(after, "utf-8")
    (HERE / "export-continued.jsonl").write_text(export([*one, retention_record(5, 1)], [3, 5, 6], first=3), "utf-8")
    write("proof.json", {f"record {seq}": proof(one, seq, "k1.an", 5) for seq in (0, 4)})


main()
