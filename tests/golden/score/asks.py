"""A line a subject: the status, the fewest data to get, and those that alone rule the subject out."""
import json
import sys

for subject in json.load(sys.stdin)["subjects"]:
    asks = [" ".join(ask["datum"] for ask in subject[list_]) or "-" for list_ in ("confirm", "ask_first")]
    print(f"{subject['id']}: {subject['status']}; confirm {asks[0]}; first {asks[1]}")
