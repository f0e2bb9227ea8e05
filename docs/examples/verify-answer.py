# Verifies an answer that curl kept: python3 docs/examples/verify-answer.py HEADERS BODY REQUEST JWKS (needs the package cryptography)
# With one more file, a record's line of an export of the ledger: whether that record is of this answer.
import base64, hashlib, json, re, sys
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256

head, body, request, keys = (open(file, "rb").read() for file in sys.argv[1:5])
record = json.load(open(sys.argv[5]))["record"] if len(sys.argv) > 5 else None
status_line, *lines = head.decode("latin-1").split("HTTP/")[-1].split("\r\n")
fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
fields["@status"] = status_line.split(" ")[1]

digest = lambda content: "sha-256=:" + base64.b64encode(hashlib.sha256(content).digest()).decode() + ":"
number = lambda text: base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
names, rest = re.fullmatch(r'answer=\((.*)\)(;created=\d+;keyid="[\w-]+";alg="[\w-]+";tag="lienthong-answer")', fields["signature-input"]).groups()
covered = [name.strip('"') for name in names.split(" ")]
assert {"@status", "content-type", "content-digest", "x-request-id", "request-digest"} <= set(covered), "does not cover enough"
base = "\n".join([f'"{name}": {fields[name]}' for name in covered] + [f'"@signature-params": ({names}){rest}']).encode()
key = next(key for key in json.loads(keys)["keys"] if f'keyid="{key["kid"]}"' in rest and "for" not in key)
signature = base64.b64decode(fields["signature"].removeprefix("answer=:").removesuffix(":"))

if key["kty"] == "EC":  # R and S, 32 bytes each; the library wants them in DER
    der = utils.encode_dss_signature(*(int.from_bytes(half, "big") for half in (signature[:32], signature[32:])))
    point = ec.EllipticCurvePublicNumbers(*(int.from_bytes(number(key[axis]), "big") for axis in "xy"), ec.SECP256R1())
    point.public_key().verify(der, base, ec.ECDSA(SHA256()))
else:
    ed25519.Ed25519PublicKey.from_public_bytes(number(key["x"])).verify(signature, base)
assert fields["content-digest"] == digest(body), "another content"
assert fields["request-digest"] == digest(request), "the answer to another request"
if record:
    sha256 = lambda *pieces: hashlib.sha256(b"".join(pieces)).digest()
    operation, nonce = json.loads(record["operation"]), number(fields["lienthong-record-nonce"])
    assert {"lienthong-record", "lienthong-record-nonce"} <= set(covered), "does not cover its record"
    assert json.loads(record["common"])["id"] == fields["lienthong-record"], "another record"
    assert number(operation["answerCommitment"]) == sha256(b"\x15", nonce, sha256(body)), "the record of another answer"
    assert number(operation["requestCommitment"]) == sha256(b"\x14", nonce, sha256(request)), "the record of another request"
print("holds")
