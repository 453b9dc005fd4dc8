// Long because it is one document, of which each member stands on its line.
#include "monitor/openapi.h"

namespace dz::monitor {

// Members that are not required are there when they have something to say. What the stream tells of what lists have is
// made of their schemas (openapi.cpp).
std::string_view openapi_schemas() {
  // clang-format off
  static constexpr std::string_view kSchemas = R"json(
{
  "Time": {"type": "string", "description": "UTC", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]+)?Z$"},
  "Pubkey": {"type": "string", "description": "base58", "pattern": "^[1-9A-HJ-NP-Za-km-z]{32,44}$"},
  "Kind": {"type": "string", "enum": ["link", "device"]},
  "Error": {"type": "object", "properties": {
    "error": {"type": "string", "description": "what was expected, what was found, what to do"}
  }, "required": ["error"]},
  "Minute": {"type": "object", "properties": {
    "at": {"$ref": "#/components/schemas/Time"},
    "counters": {"type": "string"}
  }, "required": ["at", "counters"]},
  "Minutes": {"type": "object", "properties": {
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time"},
    "good": {"type": "integer"},
    "bad": {"type": "integer"},
    "unobserved": {"type": "integer"},
    "first_bad": {"oneOf": [{"$ref": "#/components/schemas/Minute"}, {"type": "null"}]},
    "last_bad": {"oneOf": [{"$ref": "#/components/schemas/Minute"}, {"type": "null"}]},
    "first_unobserved": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "last_unobserved": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "derived": {"type": "boolean"},
    "parent_port": {"type": "boolean"},
    "rise": {"oneOf": [{"type": "integer"}, {"type": "null"}]}
  }, "required": ["from", "to", "good", "bad", "unobserved", "first_bad", "last_bad", "first_unobserved", "last_unobserved", "derived", "parent_port", "rise"]},
  "Qa": {"type": "object", "properties": {
    "successes": {"type": "integer"},
    "failures": {"type": "integer"},
    "last_failure": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "longest_gap_seconds": {"type": "integer"},
    "missed_run": {"type": "boolean"}
  }, "required": ["successes", "failures", "last_failure", "longest_gap_seconds", "missed_run"]},
  "Range": {"type": "object", "properties": {
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time", "description": "exclusive"},
    "state": {"type": "string", "enum": ["bad", "unobserved"]},
    "signal": {"type": "string"},
    "where": {"type": "string"},
    "fault": {"type": "string"}
  }, "required": ["from", "to", "state", "signal", "where", "fault"]},
  "Finding": {"type": "object", "description": "one criterion as it was judged", "properties": {
    "id": {"type": "string"},
    "kind": {"type": "string"},
    "mode": {"type": "string"},
    "judgement": {"type": "string"},
    "gates": {"type": "boolean"},
    "detail": {"type": "string"},
    "to_do": {"type": "string"},
    "earliest": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "stage": {"type": "string"},
    "source": {"type": "string"},
    "watermark": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "stale": {"type": "boolean"},
    "where": {"type": "string"},
    "minutes": {"$ref": "#/components/schemas/Minutes"},
    "qa": {"$ref": "#/components/schemas/Qa"},
    "strip": {"type": "string", "description": "a character per cell: . good, X bad, ? unobserved"},
    "not_good": {"type": "array", "items": {"$ref": "#/components/schemas/Range"}},
    "candidates": {"type": "integer"},
    "candidates_met": {"type": "integer"}
  }, "required": ["id", "kind", "mode", "judgement", "gates", "detail", "to_do", "earliest"]},
  "Condition": {"type": "object", "description": "where the record stands, and what ends it", "properties": {
    "state": {"type": "string", "enum": ["good", "failing", "recovering", "collecting", "held", "needs-action"]},
    "since": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "returns_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}], "description": "null where waiting alone does not bring it"},
    "criterion": {"type": ["string", "null"]},
    "held_by": {"oneOf": [{"$ref": "#/components/schemas/HeldBy"}, {"type": "null"}]},
    "needs": {"oneOf": [{"$ref": "#/components/schemas/Needs"}, {"type": "null"}]}
  }, "required": ["state", "since", "returns_at", "criterion", "held_by", "needs"]},
  "HeldBy": {"type": "object", "properties": {
    "what": {"type": "string", "enum": ["drain", "record"]},
    "criterion": {"type": ["string", "null"]},
    "role": {"type": ["string", "null"]},
    "signer": {"oneOf": [{"$ref": "#/components/schemas/Pubkey"}, {"type": "null"}]},
    "at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]}
  }, "required": ["what"]},
  "Needs": {"type": "object", "properties": {
    "who": {"type": "string", "enum": ["contributor", "foundation", "operator"]},
    "what": {"type": "string"},
    "contributor": {"type": "string"}
  }, "required": ["who", "what"]},
  "Cause": {"type": "object", "description": "what is behind it, where that is known", "properties": {
    "kind": {"type": "string"},
    "sentence": {"type": "string"},
    "since": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "ends": {"type": "string"},
    "gates": {"type": "boolean"}
  }, "required": ["kind", "sentence"]},
  "RecordMaintenance": {"type": "object", "description": "it is being worked on, and nobody is alarmed by it", "properties": {
    "id": {"type": "string"},
    "code": {"type": "string", "description": "of what it was told of: the record itself, or a device at an end of the link"},
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time"},
    "why": {"type": "string"},
    "by": {"$ref": "#/components/schemas/Pubkey"}
  }, "required": ["id", "code", "from", "to", "why", "by"]},
  "LinkSide": {"type": "object", "properties": {
    "device": {"type": ["string", "null"], "description": "code"},
    "interface": {"type": ["string", "null"]},
    "metro": {"type": ["string", "null"], "description": "code of the exchange"},
    "contributor": {"type": ["string", "null"], "description": "code"}
  }, "required": ["device", "interface", "metro", "contributor"]},
  "Strip": {"type": "object", "properties": {
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time"},
    "minutes_a_cell": {"type": "integer"}
  }, "required": ["from", "to", "minutes_a_cell"]},
  "Assessment": {"type": "object", "description": "what is judged of one record", "properties": {
    "kind": {"$ref": "#/components/schemas/Kind"},
    "code": {"type": "string"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "status": {"type": "string"},
    "desired_status": {"type": "string"},
    "health": {"type": "string", "description": "on the ledger"},
    "next_health": {"type": "string", "description": "what the monitor makes of it"},
    "reason": {"type": "string"},
    "sentence": {"type": "string"},
    "to_do": {"type": "string"},
    "notes": {"type": "array", "items": {"type": "string"}},
    "healthy_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}], "description": "null when something else has to happen first"},
    "hold_until": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "evidence": {"type": "string"},
    "record": {"type": "string"},
    "damped_failure": {"type": "boolean"},
    "window_minutes": {"type": "integer"},
    "at": {"$ref": "#/components/schemas/Time"},
    "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}},
    "policy": {"type": "string"},
    "links_evidence": {"type": "string"},
    "links_record": {"type": "string"},
    "window_slots": {"type": "integer"},
    "window_trouble": {"type": "string"},
    "strip": {"$ref": "#/components/schemas/Strip"},
    "condition": {"$ref": "#/components/schemas/Condition"},
    "cause": {"oneOf": [{"$ref": "#/components/schemas/Cause"}, {"type": "null"}]},
    "maintenance": {"oneOf": [{"$ref": "#/components/schemas/RecordMaintenance"}, {"type": "null"}]},
    "last_statement": {"oneOf": [{"$ref": "#/components/schemas/LastStatement"}, {"type": "null"}], "description": "of one record that is asked for; null: nothing about it was stated, as far as decisions are kept"},
    "contributor": {"type": ["string", "null"], "description": "code; of a link, side A's"},
    "metro": {"type": ["string", "null"], "description": "of a device: code of its exchange"},
    "location": {"type": ["string", "null"], "description": "of a device: code"},
    "device_type": {"type": "string"},
    "metros": {"type": "array", "items": {"type": ["string", "null"]}, "description": "of a link: those of side A and side Z"},
    "link_type": {"type": "string"},
    "bandwidth_bps": {"type": "integer"},
    "side_a": {"$ref": "#/components/schemas/LinkSide"},
    "side_z": {"$ref": "#/components/schemas/LinkSide"}
  }, "required": ["kind", "code", "pubkey", "status", "desired_status", "health", "next_health", "reason", "sentence", "to_do", "notes", "healthy_at", "hold_until", "evidence", "record", "damped_failure", "window_minutes", "at", "condition", "cause", "maintenance", "contributor"]},
  "MinuteLine": {"type": "object", "description": "every minute of one signal", "properties": {
    "criterion": {"type": "string"},
    "signal": {"type": "string"},
    "side": {"type": "string", "enum": ["", "A", "Z"]},
    "where": {"type": "string"},
    "source": {"type": "string"},
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time", "description": "exclusive; as far as the source is complete"},
    "states": {"type": "string", "description": "base64; two bits a minute, the first in the lowest bits of the first byte: 1 good, 2 bad, 3 unobserved; 0 fills the last byte"},
    "faults": {"type": "array", "description": "what was wrong in bad minutes", "items": {"type": "object", "properties": {
      "from": {"$ref": "#/components/schemas/Time"},
      "to": {"$ref": "#/components/schemas/Time", "description": "exclusive"},
      "fault": {"type": "string"}
    }, "required": ["from", "to", "fault"]}},
    "window_from": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}], "description": "where the window that is judged begins"},
    "ages_out": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}], "description": "the last minute that the window has to leave behind for the criterion to be met"}
  }, "required": ["criterion", "signal", "side", "where", "source", "from", "to", "states", "faults", "window_from", "ages_out"]},
  "RecordMinutes": {"type": "object", "properties": {
    "kind": {"$ref": "#/components/schemas/Kind"},
    "code": {"type": "string"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "at": {"$ref": "#/components/schemas/Time"},
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time"},
    "clocks": {"type": "array", "description": "of the devices at both ends of a link; of the device itself", "items": {"type": "object", "properties": {
      "device": {"type": "string"},
      "pubkey": {"$ref": "#/components/schemas/Pubkey"},
      "ahead_seconds": {"type": ["integer", "null"], "description": "by how much its rows come from the future; null: they do not"},
      "heard": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}], "description": "its newest pushed row"}
    }, "required": ["device", "pubkey", "ahead_seconds", "heard"]}},
    "lines": {"type": "array", "items": {"$ref": "#/components/schemas/MinuteLine"}},
    "results": {"type": "array", "description": "of criteria over results of QA", "items": {"type": "object", "properties": {
      "criterion": {"type": "string"},
      "results": {"type": "array", "items": {"type": "object", "properties": {
        "at": {"$ref": "#/components/schemas/Time"},
        "success": {"type": "boolean"}
      }, "required": ["at", "success"]}}
    }, "required": ["criterion", "results"]}},
    "drains": {"type": "array", "description": "when the record was drained", "items": {"type": "object", "properties": {
      "from": {"$ref": "#/components/schemas/Time"},
      "to": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
      "status": {"type": "string"}
    }, "required": ["from", "to", "status"]}},
    "excused": {"type": "array", "description": "judged under suspicion: silence of a device that a mass silence of the source excuses", "items": {"type": "object", "properties": {
      "device": {"type": "string"},
      "source": {"type": "string"},
      "from": {"$ref": "#/components/schemas/Time"},
      "to": {"$ref": "#/components/schemas/Time", "description": "exclusive"}
    }, "required": ["device", "source", "from", "to"]}},
    "recorded_from": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}], "description": "of a past day: the first minute that something was recorded of"},
    "incomplete": {"type": ["string", "null"], "description": "why not all could be read"}
  }, "required": ["kind", "code", "pubkey", "at", "from", "to", "clocks", "lines", "results", "drains", "excused", "recorded_from", "incomplete"]},
  "Reading": {"type": "object", "description": "a value of a counter; numbers as text, for a double does not hold all of them", "properties": {
    "at": {"$ref": "#/components/schemas/Time"},
    "value": {"type": "string", "pattern": "^[0-9]+$"}
  }, "required": ["at", "value"]},
  "PortReadings": {"type": "object", "properties": {
    "side": {"type": "string", "enum": ["", "A", "Z"]},
    "device": {"type": "string"},
    "interface": {"type": "string"},
    "parent_port": {"type": "boolean", "description": "the parent port's, which stands in for a sub-interface"},
    "octets": {"type": "string", "enum": ["kept", "no rows", "not kept", "not closed", "too old"], "description": "what became of the minute's octet readings"},
    "counters": {"type": "array", "items": {"type": "object", "properties": {
      "counter": {"type": "string"},
      "before": {"oneOf": [{"$ref": "#/components/schemas/Reading"}, {"type": "null"}], "description": "the last that is kept of an earlier minute"},
      "readings": {"type": "array", "items": {"type": "object", "properties": {
        "at": {"$ref": "#/components/schemas/Time"},
        "value": {"type": "string", "pattern": "^[0-9]+$"},
        "difference": {"type": ["string", "null"], "description": "to the one before it"}
      }, "required": ["at", "value", "difference"]}},
      "left_out": {"type": "boolean", "description": "there may have been more between them: of octets the first and the last of a minute are kept"}
    }, "required": ["counter", "before", "readings", "left_out"]}}
  }, "required": ["side", "device", "interface", "parent_port", "octets", "counters"]},
  "RecordReadings": {"type": "object", "properties": {
    "kind": {"$ref": "#/components/schemas/Kind"},
    "code": {"type": "string"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "minute": {"$ref": "#/components/schemas/Time"},
    "ports": {"type": "array", "items": {"$ref": "#/components/schemas/PortReadings"}}
  }, "required": ["kind", "code", "pubkey", "minute", "ports"]},
  "AssessmentList": {"type": "object", "properties": {
    "policy": {"type": "string", "description": "digest of the policy in force"},
    "assessments": {"type": "array", "items": {"$ref": "#/components/schemas/Assessment"}, "description": "by code"},
    "next": {"type": ["string", "null"], "description": "cursor of the next page; null: this was the last"}
  }, "required": ["policy", "assessments", "next"]},
  "Decision": {"type": "object", "description": "one change of health", "properties": {
    "id": {"type": "integer"},
    "at": {"$ref": "#/components/schemas/Time"},
    "slot": {"type": "integer"},
    "kind": {"$ref": "#/components/schemas/Kind"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "code": {"type": "string"},
    "from": {"type": "string"},
    "to": {"type": "string"},
    "reason": {"type": "string"},
    "sentence": {"type": "string"},
    "signature": {"type": "string"},
    "policy": {"type": "string"},
    "statement": {"type": ["integer", "null"], "description": "index of what is stated about it; null: nothing is"},
    "checkpoint": {"oneOf": [{"$ref": "#/components/schemas/StatedUnder"}, {"type": "null"}], "description": "of the log, that its statement is under; null: none that is shown yet"},
    "opinions": {"oneOf": [{"type": "array", "items": {"$ref": "#/components/schemas/StatedOpinion"}}, {"type": "null"}], "description": "of the judges that held it, as its statement has them; null: nothing is stated"},
    "findings": {"type": "array", "items": {"$ref": "#/components/schemas/Finding"}}
  }, "required": ["id", "at", "slot", "kind", "pubkey", "code", "from", "to", "reason", "sentence", "signature", "policy", "statement", "checkpoint", "opinions", "findings"]},
  "StatedUnder": {"type": "object", "description": "the checkpoint that is shown: /log/checkpoint", "properties": {
    "origin": {"type": "string", "description": "the name of the log"},
    "size": {"type": "integer", "description": "entries under it"},
    "witnesses": {"type": "array", "items": {"type": "string"}, "description": "those of this monitor that have cosigned it"}
  }, "required": ["origin", "size", "witnesses"]},
  "StatedOpinion": {"type": "object", "description": "that another judge held the same: docs/formats/opinion.md", "properties": {
    "judge": {"type": "string", "description": "its name here, or its key"},
    "key": {"$ref": "#/components/schemas/Pubkey"},
    "window_end": {"$ref": "#/components/schemas/Time"},
    "at": {"$ref": "#/components/schemas/Time"}
  }, "required": ["judge", "key", "window_end", "at"]},
  "LastStatement": {"type": "object", "description": "what is stated about the last decision about a record", "properties": {
    "index": {"type": "integer"},
    "at": {"$ref": "#/components/schemas/Time"},
    "from": {"type": "string"},
    "to": {"type": "string"},
    "reason": {"type": "string"},
    "transaction": {"type": "string"},
    "checkpoint": {"oneOf": [{"$ref": "#/components/schemas/StatedUnder"}, {"type": "null"}]},
    "opinions": {"oneOf": [{"type": "array", "items": {"$ref": "#/components/schemas/StatedOpinion"}}, {"type": "null"}]}
  }, "required": ["index", "at", "from", "to", "reason", "transaction", "checkpoint", "opinions"]},
  "Verification": {"type": "object", "description": "a decision checked by this monitor; who does not take its word checks the bundle", "properties": {
    "index": {"type": "integer", "description": "of its statement"},
    "transaction": {"type": "string"},
    "reading": {"type": "boolean", "description": "its transaction is being read from the ledger: ask again"},
    "verified": {"type": "boolean", "description": "every step holds"},
    "steps": {"type": "array", "items": {"$ref": "#/components/schemas/VerifyStep"}, "description": "in their order; the first that does not hold is the last one"},
    "bundle": {"$ref": "#/components/schemas/Bundle"}
  }, "required": ["index", "transaction", "reading", "verified", "steps"]},
  "VerifyStep": {"type": "object", "properties": {
    "part": {"type": "string", "description": "docs/formats/decision-bundle.md; ledger: the transaction is there and succeeded"},
    "holds": {"type": "boolean"},
    "says": {"type": "string", "description": "what was found, or what differs"}
  }, "required": ["part", "holds", "says"]},
  "Statement": {"type": "object", "description": "what is stated about one change of health: docs/formats/decision.md", "properties": {
    "index": {"type": "integer", "description": "of the monitor's statements, from 0"},
    "hash": {"type": "string", "description": "RFC 6962 hash of its bytes, in hex"},
    "outcome": {"type": "string", "enum": ["open", "landed", "refused", "not-sent", "unknown", "interrupted"], "description": "what became of its transaction: unknown, the ledger did not say; interrupted, the monitor ended before it knew"},
    "transaction": {"type": ["string", "null"], "description": "its signature; null where none is known"},
    "statement": {"type": "string", "description": "its bytes, in base64"},
    "minutes": {"type": "array", "items": {"type": "string"}, "description": "when asked for: the leaves under its root over the minutes, in base64; none where they are not kept any more"},
    "bundle": {"$ref": "#/components/schemas/Bundle"}
  }, "required": ["index", "hash", "outcome", "transaction", "statement"]},
  "Bundle": {"type": "object", "description": "when asked for: docs/formats/decision-bundle.md, without the transaction", "properties": {
    "format": {"type": "string"},
    "transaction": {"type": "string", "description": "empty, unless the ledger was asked for it"},
    "statements": {"type": "array", "items": {"type": "string"}},
    "decision": {"type": "integer"},
    "account": {"type": "string"},
    "minutes": {"type": "array", "items": {"type": "string"}},
    "policy": {"type": "string"},
    "index": {"type": "integer"},
    "inclusion": {"type": "array", "items": {"type": "string"}},
    "checkpoint": {"type": "string"},
    "witnesses": {"type": "array", "items": {"type": "string"}}
  }, "required": ["format", "transaction", "statements", "decision", "account", "minutes", "policy", "index", "inclusion", "checkpoint", "witnesses"]},
  "StatementList": {"type": "object", "properties": {
    "transaction": {"type": "string"},
    "statements": {"type": "array", "items": {"$ref": "#/components/schemas/Statement"}}
  }, "required": ["transaction", "statements"]},
  "DecisionList": {"type": "object", "properties": {
    "decisions": {"type": "array", "items": {"$ref": "#/components/schemas/Decision"}, "description": "newest first"},
    "next": {"type": ["string", "null"]}
  }, "required": ["decisions", "next"]},
  "WordChange": {"type": "object", "properties": {
    "before": {"type": ["string", "null"], "description": "null where it is not known"},
    "after": {"type": "string"}
  }, "required": ["before", "after"]},
  "HistoryEntry": {"type": "object", "description": "one transaction that wrote to the record, or a decision that none of them is known to have written", "properties": {
    "time": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}], "description": "null: the ledger did not say"},
    "slot": {"type": "integer"},
    "event": {"type": "string", "enum": ["written", "created", "accepted", "decided"]},
    "status": {"oneOf": [{"$ref": "#/components/schemas/WordChange"}, {"type": "null"}], "description": "null: not written"},
    "desired_status": {"oneOf": [{"$ref": "#/components/schemas/WordChange"}, {"type": "null"}]},
    "health": {"oneOf": [{"$ref": "#/components/schemas/WordChange"}, {"type": "null"}]},
    "signer": {"oneOf": [{"$ref": "#/components/schemas/Pubkey"}, {"type": "null"}]},
    "role": {"type": ["string", "null"], "description": "what the signer is to the record by now"},
    "signature": {"type": ["string", "null"]},
    "reason": {"type": ["string", "null"], "description": "the monitor's, of a health that it wrote"}
  }, "required": ["time", "slot", "event", "status", "desired_status", "health", "signer", "role", "signature", "reason"]},
  "History": {"type": "object", "properties": {
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "kind": {"$ref": "#/components/schemas/Kind"},
    "history": {"type": "array", "items": {"$ref": "#/components/schemas/HistoryEntry"}, "description": "newest first"},
    "from_creation": {"type": "boolean", "description": "nothing came before the last entry of this page"},
    "ends": {"type": ["string", "null"], "description": "why there is no older entry here"},
    "reading": {"type": "boolean", "description": "the ledger is still being read: ask the same again"},
    "next": {"type": ["string", "null"]}
  }, "required": ["pubkey", "kind", "history", "from_creation", "ends", "reading", "next"]},
  "Alarm": {"type": "object", "properties": {
    "alarm": {"type": "string"},
    "subject": {"type": "string", "description": "a record's code, a source, or what else it is about"},
    "text": {"type": "string"},
    "kind": {"$ref": "#/components/schemas/Kind"},
    "code": {"type": "string"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "state": {"type": "string", "enum": ["failing", "recovering"]},
    "since": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "ends": {"type": "string"},
    "cause": {"oneOf": [{"$ref": "#/components/schemas/Cause"}, {"type": "null"}]},
    "devices": {"type": "integer"},
    "silent": {"type": "array", "items": {"type": "string"}},
    "criterion": {"type": ["string", "null"]},
    "interface": {"type": ["string", "null"]},
    "returns_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]}
  }, "required": ["alarm", "subject", "text"]},
  "AlarmList": {"type": "object", "properties": {
    "alarms": {"type": "array", "items": {"$ref": "#/components/schemas/Alarm"}},
    "next": {"type": ["string", "null"]}
  }, "required": ["alarms", "next"]},
  "Incident": {"type": "object", "properties": {
    "id": {"type": "string"},
    "state": {"type": "string", "enum": ["failing", "recovering"]},
    "since": {"$ref": "#/components/schemas/Time"},
    "state_since": {"$ref": "#/components/schemas/Time"},
    "title": {"type": "string"},
    "cause_kind": {"type": "string"},
    "cause": {"$ref": "#/components/schemas/Cause"},
    "gates": {"type": "boolean"},
    "impairs": {"type": "boolean", "description": "a record in service is impaired by it"},
    "count": {"type": "integer"},
    "records": {"type": "array", "description": "at most 1,000", "items": {"type": "object", "properties": {
      "kind": {"$ref": "#/components/schemas/Kind"},
      "code": {"type": "string"},
      "pubkey": {"$ref": "#/components/schemas/Pubkey"},
      "status": {"type": "string"},
      "health": {"type": "string"},
      "leads": {"type": "boolean", "description": "it is the first cause of that record"}
    }}},
    "returns_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "ends": {"type": "string"},
    "needs": {"oneOf": [{"type": "null"}, {"type": "object", "properties": {
      "who": {"type": "string"},
      "what": {"type": "string"},
      "contributor": {"type": "string"}
    }, "required": ["who"]}]}
  }, "required": ["id", "state", "since", "state_since", "title", "cause_kind", "cause", "gates", "impairs", "count", "records", "returns_at", "ends", "needs"]},
  "IncidentList": {"type": "object", "properties": {
    "incidents": {"type": "array", "items": {"$ref": "#/components/schemas/Incident"}}
  }, "required": ["incidents"]},
  "Maintenance": {"type": "object", "properties": {
    "id": {"type": "string"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "code": {"type": "string"},
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time"},
    "ended_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "state": {"type": "string", "enum": ["coming", "holds", "over"]},
    "why": {"type": "string"},
    "by": {"$ref": "#/components/schemas/Pubkey"},
    "signature": {"type": "string"}
  }, "required": ["id", "pubkey", "code", "from", "to", "ended_at", "state", "why", "by", "signature"]},
  "MaintenanceRequest": {"type": "object", "properties": {
    "pubkey": {"$ref": "#/components/schemas/Pubkey", "description": "of the link or device"},
    "from": {"type": "string", "format": "date-time", "description": "in whole seconds"},
    "to": {"type": "string", "format": "date-time", "description": "in whole seconds, at most 14 days later"},
    "why": {"type": "string", "description": "at most 200 bytes"},
    "by": {"$ref": "#/components/schemas/Pubkey"},
    "signature": {"type": "string", "description": "of the statement, in base58"}
  }, "required": ["pubkey", "from", "to", "why", "by", "signature"]},
  "MaintenanceEnd": {"type": "object", "properties": {
    "by": {"$ref": "#/components/schemas/Pubkey"},
    "signature": {"type": "string", "description": "of the statement, in base58"}
  }, "required": ["by", "signature"]},
  "Metro": {"type": "object", "description": "a place where devices stand", "properties": {
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "code": {"type": "string"},
    "name": {"type": "string"},
    "kind": {"type": "string", "enum": ["exchange", "location"]},
    "lat": {"type": "number"},
    "lng": {"type": "number"}
  }, "required": ["pubkey", "code", "name", "kind", "lat", "lng"]},
  "MetroList": {"type": "object", "properties": {
    "metros": {"type": "array", "items": {"$ref": "#/components/schemas/Metro"}, "description": "exchanges, then locations, each by code"}
  }, "required": ["metros"]},
  "MaintenanceList": {"type": "object", "properties": {
    "maintenances": {"type": "array", "items": {"$ref": "#/components/schemas/Maintenance"}}
  }, "required": ["maintenances"]},
  "Opinion": {"type": "object", "description": "what one judge holds of one record", "properties": {
    "kind": {"$ref": "#/components/schemas/Kind"},
    "code": {"type": "string"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "health": {"type": "string", "description": "that it would write"},
    "account": {"type": "string", "description": "SHA-256 of the account's data as judged, in hex"},
    "window_end": {"$ref": "#/components/schemas/Time"},
    "at": {"$ref": "#/components/schemas/Time"},
    "opinion": {"type": "string", "description": "the signed bytes in base64: docs/formats/opinion.md"}
  }, "required": ["kind", "code", "pubkey", "health", "account", "window_end", "at", "opinion"]},
  "OpinionList": {"type": "object", "properties": {
    "judge": {"oneOf": [{"$ref": "#/components/schemas/Pubkey"}, {"type": "null"}], "description": "the key that signed them; null: this monitor gives none"},
    "opinions": {"type": "array", "items": {"$ref": "#/components/schemas/Opinion"}, "description": "those asked for by name, then at most 256 of those that differ from the ledger"},
    "minutes": {"type": "array", "items": {"type": "string"}, "description": "with minutes=1: each leaf in base64, docs/formats/decision.md; not signed"}
  }, "required": ["judge", "opinions"]},
  "JudgedMinute": {"type": "object", "description": "what one judge has of a minute; of QA good is a success, bad a failure", "properties": {
    "state": {"type": "string", "enum": ["unobserved", "good", "bad"]},
    "counters": {"type": "string", "description": "at fault; empty: none, or it is not bad"},
    "damped_bad": {"type": "boolean", "description": "it counts against what is in service"}
  }, "required": ["state", "counters", "damped_bad"]},
  "MinuteDifference": {"type": "object", "description": "minutes in a row of which two judges have different things", "properties": {
    "criterion": {"type": "string"},
    "source": {"type": "string"},
    "signal": {"type": ["string", "null"], "description": "null: results of QA"},
    "subject": {"type": "string"},
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time", "description": "not included"},
    "here": {"$ref": "#/components/schemas/JudgedMinute"},
    "there": {"$ref": "#/components/schemas/JudgedMinute"},
    "text": {"type": "string"}
  }, "required": ["criterion", "source", "signal", "subject", "from", "to", "here", "there", "text"]},
  "Differences": {"type": "object", "description": "the minutes of this monitor beside those of another judge", "properties": {
    "compared": {"type": "integer", "description": "minutes that both have"},
    "count": {"type": "integer"},
    "minutes": {"type": "array", "items": {"$ref": "#/components/schemas/MinuteDifference"}, "description": "at most 50"},
    "not_compared": {"type": "array", "items": {"type": "string"}, "description": "signals that only one judged by"}
  }, "required": ["compared", "count", "minutes", "not_compared"]},
  "DisagreeingJudge": {"type": "object", "description": "a judge that would write something else", "properties": {
    "judge": {"type": "string"},
    "key": {"$ref": "#/components/schemas/Pubkey"},
    "health": {"type": "string", "description": "that it would write"},
    "differences": {"oneOf": [{"$ref": "#/components/schemas/Differences"}, {"type": "null"}], "description": "null: its minutes are not known yet"}
  }, "required": ["judge", "key", "health", "differences"]},
  "Judge": {"type": "object", "description": "another monitor whose opinion counts", "properties": {
    "judge": {"type": "string"},
    "key": {"$ref": "#/components/schemas/Pubkey"},
    "url": {"type": "string"},
    "answers": {"type": "boolean"},
    "answered_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "error": {"type": ["string", "null"]},
    "opinions": {"type": "integer", "description": "heard of it in the last two minutes"}
  }, "required": ["judge", "key", "url", "answers", "answered_at", "error", "opinions"]},
  "WaitingChange": {"type": "object", "description": "a change of health that waits for other judges", "properties": {
    "kind": {"$ref": "#/components/schemas/Kind"},
    "code": {"type": "string"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "from": {"type": "string"},
    "to": {"type": "string"},
    "since": {"$ref": "#/components/schemas/Time"},
    "needed": {"type": "integer"},
    "agree": {"type": "integer"},
    "disagree": {"type": "array", "items": {"$ref": "#/components/schemas/DisagreeingJudge"}},
    "text": {"type": "string", "description": "whom it waits for, what they would write, and where their minutes differ"}
  }, "required": ["kind", "code", "pubkey", "from", "to", "since", "needed", "agree", "disagree", "text"]},
  "JudgesStatus": {"type": "object", "description": "this monitor among several judges; k of 1 and no peers: it decides alone", "properties": {
    "k": {"type": "integer"},
    "n": {"type": "integer"},
    "key": {"oneOf": [{"$ref": "#/components/schemas/Pubkey"}, {"type": "null"}]},
    "peers": {"type": "array", "items": {"$ref": "#/components/schemas/Judge"}},
    "waiting_count": {"type": "integer"},
    "waiting": {"type": "array", "items": {"$ref": "#/components/schemas/WaitingChange"}, "description": "at most 100"}
  }, "required": ["k", "n", "key", "peers", "waiting_count", "waiting"]},
  "LedgerStatus": {"type": "object", "description": "the ledger as this monitor knows it", "properties": {
    "read_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "age_seconds": {"type": ["integer", "null"]},
    "slot": {"type": ["integer", "null"]},
    "block_age_seconds": {"type": ["integer", "null"]},
    "trouble": {"type": ["string", "null"]},
    "environment": {"type": ["string", "null"]},
    "genesis": {"type": ["string", "null"]},
    "profile": {"type": "string"},
    "links": {"type": "integer"},
    "devices": {"type": "integer"},
    "unreadable_accounts": {"type": "integer"}
  }, "required": ["read_at", "age_seconds", "slot", "block_age_seconds", "trouble", "environment", "genesis", "profile", "links", "devices", "unreadable_accounts"]},
  "ChangeBudget": {"type": "object", "description": "how much may be written; null: there is no limit", "properties": {
    "writes_a_minute": {"type": ["integer", "null"]},
    "left_in_minute": {"type": ["integer", "null"]},
    "records_an_hour": {"type": ["integer", "null"]},
    "left_in_hour": {"type": ["integer", "null"]},
    "deferred": {"type": "integer"},
    "deferred_since": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "opens_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "reason": {"type": ["string", "null"]}
  }, "required": ["writes_a_minute", "left_in_minute", "records_an_hour", "left_in_hour", "deferred", "deferred_since", "opens_at", "reason"]},
  "WritingStatus": {"type": "object", "properties": {
    "mode": {"type": "string", "enum": ["write", "standby", "observe"]},
    "shard": {"type": ["string", "null"], "description": "the part of the fleet that it judges, such as 2/3; null: all of it"},
    "may_write": {"type": "boolean"},
    "why_not": {"type": ["string", "null"]},
    "key": {"oneOf": [{"$ref": "#/components/schemas/Pubkey"}, {"type": "null"}]},
    "writer_silent_seconds": {"type": ["integer", "null"]},
    "budget": {"$ref": "#/components/schemas/ChangeBudget"}
  }, "required": ["mode", "may_write", "why_not", "key", "writer_silent_seconds", "budget"]},
  "ActivatorStatus": {"type": "object", "description": "whether an activator is at work, as the records show it", "properties": {
    "acted_at": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}], "description": "null: not since this monitor started"},
    "due_count": {"type": "integer"},
    "due_since": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "due": {"type": "array", "items": {"type": "string"}, "description": "codes of records that wait to be moved, at most 100"}
  }, "required": ["acted_at", "due_count", "due_since", "due"]},
  "Store": {"type": "object", "properties": {
    "store": {"type": "string"},
    "kind": {"type": "string"},
    "subject": {"type": "string"},
    "requests": {"type": "integer"},
    "bytes": {"type": "integer"},
    "rows": {"type": "integer"},
    "last_bytes": {"type": "integer", "description": "of the last answer"},
    "last_rows": {"type": "integer"},
    "rows_unknown": {"type": "integer"},
    "rows_unreadable": {"type": "integer"},
    "watermark": {"$ref": "#/components/schemas/Time"},
    "age_seconds": {"type": "integer"},
    "failures": {"type": "object"},
    "last_error": {"type": "string", "description": "with the words of the server"},
    "asked_again_at": {"$ref": "#/components/schemas/Time"},
    "answered_at": {"$ref": "#/components/schemas/Time"},
    "lacks": {"type": "array", "items": {"type": "string"}, "description": "counters that it does not have"},
    "back_fill": {"type": "object", "properties": {"done_minutes": {"type": "integer"}, "of_minutes": {"type": "integer"}}, "required": ["done_minutes", "of_minutes"]}
  }, "required": ["store", "kind", "subject", "requests", "bytes", "rows", "last_bytes", "last_rows", "rows_unknown", "rows_unreadable", "failures"]},
  "SourceStatus": {"type": "object", "properties": {
    "source": {"type": "string"},
    "pushed": {"type": "boolean"},
    "watermark": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "age_seconds": {"type": ["integer", "null"]},
    "stale": {"type": "boolean"},
    "trouble": {"type": ["string", "null"]},
    "disputed": {"type": "boolean"},
    "suspect_since": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "suspect_devices": {"type": "integer"},
    "silent_count": {"type": "integer"},
    "silent": {"type": "array", "items": {"type": "string"}, "description": "codes of devices that fell silent together, at most 100"},
    "stores": {"type": "array", "items": {"$ref": "#/components/schemas/Store"}}
  }, "required": ["source", "pushed", "watermark", "age_seconds", "stale", "trouble", "disputed", "suspect_since", "suspect_devices", "silent_count", "silent", "stores"]},
  "PushedStatus": {"type": "object", "properties": {
    "requests": {"type": "integer"},
    "rows": {"type": "integer"},
    "unauthorised": {"type": "integer"},
    "lines_unreadable": {"type": "integer"},
    "devices_unknown": {"type": "integer"},
    "tokens": {"type": "integer"}
  }, "required": ["requests", "rows", "unauthorised", "lines_unreadable", "devices_unknown", "tokens"]},
  "Times": {"type": "object", "description": "how long something took", "properties": {
    "count": {"type": "integer"},
    "mean_seconds": {"type": ["number", "null"]},
    "half_within_seconds": {"type": ["number", "null"], "description": "a bound of the histogram in /metrics; null: there is none, or half took longer than a minute"},
    "p99_within_seconds": {"type": ["number", "null"], "description": "the same of 99 in 100"}
  }, "required": ["count", "mean_seconds", "half_within_seconds", "p99_within_seconds"]},
  "Work": {"type": "object", "description": "what the monitor does or waits for", "properties": {
    "what": {"type": "string", "enum": ["pass", "ledger call", "health write", "answer of a store"]},
    "of": {"type": ["string", "null"], "description": "of a store: its name, and what it is asked for"},
    "since_start": {"$ref": "#/components/schemas/Times"},
    "lately": {"oneOf": [{"$ref": "#/components/schemas/Times"}, {"type": "null"}], "description": "of the last ten to twenty minutes; null: not kept"}
  }, "required": ["what", "of", "since_start", "lately"]},
  "Webhook": {"type": "object", "properties": {
    "name": {"type": "string"},
    "kind": {"type": "string"},
    "to": {"type": "string"},
    "state": {"type": "string"},
    "events_waiting": {"type": "integer"},
    "oldest_at": {"$ref": "#/components/schemas/Time"},
    "last_delivered_at": {"$ref": "#/components/schemas/Time"},
    "next_try_at": {"$ref": "#/components/schemas/Time"},
    "failures": {"type": "integer"},
    "last_error": {"type": "string"},
    "test": {"type": "object", "description": "the last test message of this run", "properties": {
      "at": {"$ref": "#/components/schemas/Time"},
      "state": {"type": "string", "enum": ["sent", "taken", "failed"]},
      "said": {"type": "string", "description": "what the receiver answered, or why there was no answer"}
    }, "required": ["at", "state", "said"]}
  }, "required": ["name", "kind", "to", "state", "events_waiting"]},
  "WebhookTest": {"type": "object", "properties": {
    "name": {"type": "string"},
    "at": {"$ref": "#/components/schemas/Time", "description": "that of the `test` which will have the answer"}
  }, "required": ["name", "at"]},
  "PolicyStatus": {"type": "object", "properties": {
    "digest": {"type": "string"},
    "differences": {"type": "array", "description": "to the default policy of the profile", "items": {"type": "object", "properties": {"key": {"type": "string"}, "value": {"type": ["string", "null"]}, "default": {"type": ["string", "null"]}}, "required": ["key", "value", "default"]}}
  }, "required": ["digest", "differences"]},
  "SettingInForce": {"type": "object", "description": "never a secret", "properties": {
    "key": {"type": "string"},
    "value": {"type": "string"},
    "origin": {"type": "string", "enum": ["default", "file", "flag"]}
  }, "required": ["key", "value", "origin"]},
  "StoreFile": {"type": "object", "properties": {
    "path": {"type": "string"},
    "bytes": {"type": ["integer", "null"]},
    "log_bytes": {"type": ["integer", "null"]},
    "problem": {"type": ["string", "null"]},
    "damage": {"type": "array", "items": {"type": "string"}},
    "devices": {"type": "integer"},
    "interfaces": {"type": "integer"},
    "directions": {"type": "integer"}
  }, "required": ["path", "bytes", "log_bytes", "problem", "damage", "devices", "interfaces", "directions"]},
  "Status": {"type": "object", "description": "how the monitor itself is", "properties": {
    "at": {"$ref": "#/components/schemas/Time"},
    "version": {"type": "string"},
    "started_at": {"$ref": "#/components/schemas/Time"},
    "clock_problem": {"type": ["string", "null"]},
    "ledger": {"$ref": "#/components/schemas/LedgerStatus"},
    "writing": {"$ref": "#/components/schemas/WritingStatus"},
    "activator": {"$ref": "#/components/schemas/ActivatorStatus"},
    "sources": {"type": "array", "items": {"$ref": "#/components/schemas/SourceStatus"}},
    "work": {"type": "array", "items": {"$ref": "#/components/schemas/Work"}},
    "pushed": {"$ref": "#/components/schemas/PushedStatus"},
    "webhooks": {"type": "array", "items": {"$ref": "#/components/schemas/Webhook"}},
    "judges": {"$ref": "#/components/schemas/JudgesStatus"},
    "policy": {"$ref": "#/components/schemas/PolicyStatus"},
    "settings": {"type": "array", "items": {"$ref": "#/components/schemas/SettingInForce"}},
    "store": {"$ref": "#/components/schemas/StoreFile"}
  }, "required": ["at", "version", "started_at", "clock_problem", "ledger", "writing", "activator", "sources", "work", "pushed", "webhooks", "judges", "policy", "settings", "store"]},
  "Policy": {"type": "object", "properties": {
    "digest": {"type": "string"},
    "profile": {"type": "string", "description": "the network it is for"},
    "text": {"type": "string", "description": "every key, as docs/formats/policy.md has them"}
  }, "required": ["digest", "profile", "text"]},
  "BacktestRequest": {"type": "object", "properties": {
    "from": {"type": "string", "description": "a time, or how long ago: 7d"},
    "to": {"type": "string", "description": "the same, or now; without it, now"},
    "policy": {"type": "string", "description": "a policy file; what it does not say is as the ledger's default has it"},
    "record": {"type": "string", "description": "shows this link or device only, by code or pubkey; all are judged"}
  }, "required": ["from", "policy"]},
  "BacktestProgress": {"type": "object", "description": "data of an event `progress`", "properties": {
    "at": {"$ref": "#/components/schemas/Time", "description": "so far it has come"},
    "percent": {"type": "integer", "minimum": 0, "maximum": 100}
  }, "required": ["at", "percent"]},
  "BacktestSide": {"type": "object", "properties": {
    "at": {"$ref": "#/components/schemas/Time"},
    "reason": {"type": "string"},
    "sentence": {"type": "string"},
    "followed": {"type": "array", "description": "moves of status, until the record's next decision", "items": {"type": "object", "properties": {"at": {"$ref": "#/components/schemas/Time"}, "from": {"type": "string"}, "to": {"type": "string"}}, "required": ["at", "from", "to"]}}
  }, "required": ["at", "reason", "sentence", "followed"]},
  "BacktestDecision": {"type": "object", "properties": {
    "kind": {"$ref": "#/components/schemas/Kind"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "code": {"type": "string"},
    "from": {"type": "string"},
    "to": {"type": "string"},
    "difference": {"type": "string", "enum": ["same", "earlier", "later", "new", "missing"]},
    "minutes_later": {"type": ["integer", "null"]},
    "decided": {"oneOf": [{"$ref": "#/components/schemas/BacktestSide"}, {"type": "null"}]},
    "recorded": {"oneOf": [{"$ref": "#/components/schemas/BacktestSide"}, {"type": "null"}]}
  }, "required": ["kind", "pubkey", "code", "from", "to", "difference", "minutes_later", "decided", "recorded"]},
  "BacktestPlace": {"type": "object", "description": "a record that ends elsewhere than it was recorded", "properties": {
    "kind": {"$ref": "#/components/schemas/Kind"},
    "pubkey": {"$ref": "#/components/schemas/Pubkey"},
    "code": {"type": "string"},
    "since": {"$ref": "#/components/schemas/Time"},
    "decided": {"type": "object", "properties": {"status": {"type": "string"}, "health": {"type": "string"}}, "required": ["status", "health"]},
    "recorded": {"type": "object", "properties": {"status": {"type": "string"}, "health": {"type": "string"}}, "required": ["status", "health"]}
  }, "required": ["kind", "pubkey", "code", "since", "decided", "recorded"]},
  "Backtest": {"type": "object", "description": "data of an event `outcome`", "properties": {
    "from": {"$ref": "#/components/schemas/Time"},
    "to": {"$ref": "#/components/schemas/Time"},
    "records": {"type": "integer"},
    "policy_under_test": {"type": "object", "properties": {"name": {"type": "string"}, "digest": {"type": "string"}}, "required": ["name", "digest"]},
    "policies_in_force": {"type": "array", "items": {"type": "object", "properties": {"since": {"$ref": "#/components/schemas/Time"}, "digest": {"type": "string"}}, "required": ["since", "digest"]}},
    "notes": {"type": "array", "items": {"type": "string"}},
    "summary": {"type": "object", "properties": {"same": {"type": "integer"}, "earlier": {"type": "integer"}, "later": {"type": "integer"}, "new": {"type": "integer"}, "missing": {"type": "integer"}}, "required": ["same", "earlier", "later", "new", "missing"]},
    "elsewhere": {"type": "array", "items": {"$ref": "#/components/schemas/BacktestPlace"}},
    "decisions": {"type": "array", "items": {"$ref": "#/components/schemas/BacktestDecision"}}
  }, "required": ["from", "to", "records", "policy_under_test", "policies_in_force", "notes", "summary", "elsewhere", "decisions"]},
  "SourceEvent": {"type": "object", "description": "data of an event `source`", "properties": {
    "change": {"type": "string", "enum": ["added", "changed", "gone"]},
    "at": {"$ref": "#/components/schemas/Time"},
    "source": {"type": "string"},
    "watermark": {"oneOf": [{"$ref": "#/components/schemas/Time"}, {"type": "null"}]},
    "suspect": {"type": "boolean"}
  }, "required": ["change", "at", "source", "watermark", "suspect"]},
  "Resync": {"type": "object", "description": "data of an event `resync`: read the lists again", "properties": {
    "reason": {"type": "string"}
  }, "required": ["reason"]},
  "Document": {"type": "object", "properties": {
    "openapi": {"type": "string"},
    "info": {"type": "object"},
    "paths": {"type": "object"},
    "components": {"type": "object"},
    "servers": {"type": "array", "items": {"type": "object"}},
    "security": {"type": "array", "items": {"type": "object"}}
  }, "required": ["openapi", "info", "paths", "components"]}
}
)json";
  // clang-format on
  return kSchemas;
}

}  // namespace dz::monitor
