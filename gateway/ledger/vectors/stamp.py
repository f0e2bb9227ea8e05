"""Writes export-time-stamps.jsonl and time-stamps-ca.pem: export.jsonl with time stamps (RFC 3161) that OpenSSL makes.

    python3 gateway/ledger/vectors/stamp.py      (needs `openssl`; every run makes other keys, and so other stamps)
"""

import json
import subprocess
from base64 import urlsafe_b64encode
from pathlib import Path
from tempfile import TemporaryDirectory

HERE = Path(__file__).parent
CONFIG = """
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:true, pathlen:1
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[below]
basicConstraints = critical, CA:true, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[authority]
basicConstraints = critical, CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[tsa]
serial = serial
signer_digest = sha256
default_policy = 1.3.6.1.4.1.32473.1
other_policies = 1.3.6.1.4.1.32473.2
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = yes
ess_cert_id_alg = sha256
"""
KEYS = {
    "rsa": ["rsa:2048"],
    "ec": ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "ec384": ["ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
}


def main() -> None:
    with TemporaryDirectory() as folder:

        def openssl(*arguments: str) -> None:
            subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

        def certificate(name: str, key: str, section: str, issuer: str | None) -> None:
            new = ["-newkey", *KEYS[key], "-nodes", "-keyout", f"{name}.key", "-subj", f"/CN=Vectors: {name}"]
            if issuer is None:
                openssl("req", "-x509", *new, "-days", "7300", "-out", f"{name}.pem", "-config", "config", "-extensions", section)
                return
            openssl("req", *new, "-out", f"{name}.csr", "-config", "config")
            by = ["-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key", "-CAcreateserial"]
            extended = ["-extfile", "config", "-extensions", section]
            openssl("x509", "-req", "-in", f"{name}.csr", *by, "-days", "7300", *extended, "-out", f"{name}.pem")

        def stamp(head: str, signer: str, *query: str) -> str:
            here = Path(folder)
            (here / "head").write_text(head)
            openssl("ts", "-query", "-data", "head", "-cert", "-out", "query", *query)
            by = ["-signer", f"{signer}.pem", "-inkey", f"{signer}.key", "-chain", "below.pem"]
            openssl("ts", "-reply", "-config", "config", "-section", "tsa", "-queryfile", "query", *by, "-out", "reply")
            openssl("ts", "-verify", "-queryfile", "query", "-in", "reply", "-CAfile", "root.pem")
            openssl("ts", "-reply", "-in", "reply", "-token_out", "-out", "token")
            return urlsafe_b64encode((here / "token").read_bytes()).rstrip(b"=").decode()

        Path(folder, "config").write_text(CONFIG)
        Path(folder, "serial").write_text("01\n")
        certificate("root", "rsa", "root", None)
        certificate("below", "ec384", "below", "root")
        certificate("ec", "ec", "authority", "below")
        certificate("rsa", "rsa", "authority", "below")
        # Behind the heads over three and over five records; the last has two.
        wanted = [None, [("ec", "-sha256")], [("rsa", "-sha256"), ("ec", "-sha512", "-tspolicy", "1.3.6.1.4.1.32473.2")]]
        lines, number = [], 0
        for line in map(json.loads, (HERE / "export.jsonl").read_text("utf-8").splitlines()):
            lines.append(line)
            for signer, *query in (wanted.pop(0) or []) if "head" in line else []:
                lines.append({"number": number, "timeStamp": stamp(line["head"], signer, *query)})
                number += 1
        lines[-1]["end"]["timeStamps"] = number
        texts = [json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False) for line in lines]
        (HERE / "export-time-stamps.jsonl").write_text("".join(f"{text}\n" for text in texts), "utf-8")
        (HERE / "time-stamps-ca.pem").write_bytes(Path(folder, "root.pem").read_bytes())


main()
