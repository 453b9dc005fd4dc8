#!/usr/bin/env python3
"""Is a broken rule noticed? Each mutant breaks one rule in a copy of one file; the tests of that rule must then fail.

  tests/mutation/mutation_test.py --list
  tests/mutation/mutation_test.py BUILD_DIR MUTANT     exit code 0 when the suite notices

The file is compiled as in BUILD_DIR, with the mutated copy in its place, and linked in front of the libraries of an
existing test program: a few seconds a mutant, and neither the sources nor the build folder are touched.
"""
import json
import os
import shlex
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


@dataclass
class Mutant:
    name: str
    file: str  # below src/
    old: str  # stands there exactly once
    new: str
    test: str  # the test program that notices: folder/name below BUILD_DIR/src
    recompile: list = field(default_factory=list)  # for a header: the files that include it, below src/


MUTANTS = [
    Mutant("an_unhealthy_record_is_activated", "domain/profile_rfc.cpp",
           "{DesiredStatus::Activated}, {Health::Healthy}, Status::Activated",
           "{DesiredStatus::Activated}, {Health::Healthy, Health::Impaired}, Status::Activated", "lifecycle/lifecycle_test"),
    Mutant("a_return_without_a_judgement_made_anew", "control/provenance.cpp", "bool reset = false, ready = false;",
           "bool reset = true, ready = false;", "control/control_test"),
    Mutant("a_drain_by_hand_is_an_undrain", "control/provenance.cpp",
           "} else if (before.word && is_drained(*before.word)) {", "} else {", "control/control_test"),
    Mutant("what_leaves_service_stays_healthy", "lifecycle/authority.cpp",
           "if (before.status == Status::Activated && status != Status::Activated) return Health::Impaired;", "",
           "lifecycle/lifecycle_test"),
    Mutant("an_old_judgement_survives_a_hold", "lifecycle/authority.cpp",
           "if (status != Status::Activated && asks_to_return && before.health == Health::Healthy) return Health::Impaired;", "",
           "lifecycle/lifecycle_test"),
    Mutant("one_side_undrains_for_both", "lifecycle/authority.cpp", "if (roles.side_a) after.holds.side_a = drains;",
           "if (roles.side_a) after.holds.side_a = after.holds.side_z = drains;", "lifecycle/lifecycle_test"),
    Mutant("anybody_writes_health", "lifecycle/authority.cpp",
           "if (!roles.health_authority && !roles.foundation) return tl::unexpected(Refusal::NotAuthorised);", "",
           "program/program_test"),
    Mutant("side_z_writes_side_a_fields", "program/guarded/link_update.cpp",
           "has_side_a_fields(args) && !roles.side_a && !roles.foundation", "has_side_a_fields(args) && !roles.foundation && false",
           "program/program_test"),
    Mutant("one_unobserved_minute_too_many", "verdict/judge.cpp", "tally->unobserved > policy.unobserved_allowed_of(id)",
           "tally->unobserved > policy.unobserved_allowed_of(id) + 1", "verdict/verdict_test"),
    Mutant("a_window_shorter_than_it_says", "verdict/judge.cpp", " && tally->first_minute_observed;", ";", "verdict/verdict_test"),
    Mutant("a_stale_source_counts_as_met", "verdict/judge.cpp", " || stale(criterion(id).source)) {",
           ") {", "verdict/verdict_test"),
    Mutant("an_added_criterion_forgets_its_own_window", "control/gather.cpp",
           "const auto window = policy.window_of(id, window_);", "const auto window = window_.length;", "control/control_test"),
    Mutant("a_late_value_clears_one_out_of_bounds", "evidence/added_criteria.cpp", "if (!row.in_bounds) values",
           "if (row.in_bounds) { values.minutes.clear(index, kBeyond, m); } else values", "evidence/evidence_test"),
    Mutant("the_stay_rule_is_forgotten", "verdict/health_table.cpp",
           "in.evidence_judgement == Judgement::Met && (in.activated || in.stayed)) return {Health::Healthy, Recovered}",
           "in.evidence_judgement == Judgement::Met) return {Health::Healthy, Recovered}", "verdict/verdict_test"),
    Mutant("one_bad_minute_takes_traffic_away", "verdict/health_table.cpp", "return {Health::Healthy, ToleratedFailure};",
           "return {Health::Impaired, ToleratedFailure};", "verdict/verdict_test"),
    Mutant("half_of_the_network_silent_is_no_mass_silence", "evidence/mass_silence.cpp", "2 * silent >= active.size()",
           "2 * silent > active.size()", "evidence/evidence_test"),
    Mutant("what_came_late_leaves_mass_silence_as_it_was_judged", "evidence/evidence.cpp",
           "source(source_of(plane)).silence_changed.note(m);", "", "evidence/evidence_test"),
    Mutant("minutes_covered_late_leave_mass_silence_unjudged", "evidence/source_evidence.cpp",
           "    evidence.silence_changed.note(m);", "", "evidence/evidence_test"),
    Mutant("mass_silence_is_not_judged_again_as_far_as_a_late_row_reaches", "evidence/source_evidence.cpp",
           "unchanged > kSilenceActiveMinutes && !stood", "unchanged > 0 && !stood", "evidence/evidence_test"),
    Mutant("the_damped_judgement_forgets_an_excuse", "evidence/mass_silence.cpp",
           "devices.set(device, once_excused_plane(sent), m);", "", "evidence/evidence_test"),
    Mutant("minutes_covered_late_impair", "evidence/source_evidence.cpp", "evidence.covered.set(0, kCoveredLate, m);", "",
           "telemetry/telemetry_test"),
    Mutant("a_row_of_somebody_does_not_answer_for_the_others", "telemetry/store_pull.cpp",
           "taken.answered.insert(taken.answered.end(), spans.begin(), spans.end());", "(void)spans;", "telemetry/telemetry_test"),
    Mutant("a_reset_near_by_hides_an_error", "evidence/error_history.cpp", "? reset : Began::NearBy;", "? reset : Began::Perhaps;",
           "evidence/evidence_test"),
    Mutant("the_activator_sends_twice", "control/plan_activator.cpp", "if (row == nullptr || view.busy.contains(key)) continue;",
           "if (row == nullptr) continue;", "control/control_test"),
    Mutant("the_monitor_writes_over_a_foreign_health", "control/health_decision.cpp",
           "seen, a, *memory.own_health);\n    return decision;", "seen, a, *memory.own_health);", "control/control_test"),
    Mutant("everybody_is_told_of_what_is_not_in_service", "notify/event.cpp",
           "if (!hook.all && !event.in_service) return false;", "", "notify/notify_test"),
    Mutant("a_receiver_that_is_away_is_given_up", "notify/retry.cpp",
           "return status == 400 || status == 413 || status == 422 ? HookAnswer::Refused : HookAnswer::Again;",
           "return HookAnswer::Refused;", "notify/notify_test"),
    Mutant("a_message_is_sent_while_it_is_on_its_way", "notify/outbox.cpp",
           "if (lane.on_its_way) return Timestamp::max();", "", "notify/notify_test"),
    Mutant("a_webhooks_url_is_shown", "notify/hook.cpp", "replace_all(text, hook.url, shown_url(hook.url));", "",
           "notify/notify_test"),
    Mutant("an_old_decision_explains_what_somebody_else_wrote", "monitor/announcer.cpp", " && d.at >= since;", ";",
           "monitor/monitor_test"),
    Mutant("a_transaction_lands_twice", "ledger/bank.cpp",
           "if (recent_.contains(transaction.signatures.front())) return refuse(wire::TransactionErrorKind::AlreadyProcessed);", "",
           "ledger/ledger_test"),
    # What was written is kept or answered with an error, and stores are asked for less.
    Mutant("lines_that_cannot_be_read_are_answered_204", "telemetry/push_endpoint.cpp",
           "bool any() const { return unreadable + dropped + reasons_ > 0; }",
           "bool any() const { return dropped + reasons_ > 0; }", "telemetry/telemetry_test"),
    Mutant("a_line_without_words_does_not_count", "wire/row_reader.cpp",
           "++refused_;\n      if (errors_.size() < kMostErrors)", "if (errors_.size() < kMostErrors && ++refused_ > 0)",
           "wire/line_protocol_test"),
    Mutant("a_quote_in_a_comment_swallows_rows", "wire/row_reader.cpp", " || is_comment(first)) return", ") return",
           "wire/line_protocol_test"),
    Mutant("control_bytes_in_a_header", "base/safe_text.cpp", "const char kept = is_control(c) ? ' ' : c;",
           "const char kept = c;", "base/base_test"),
    Mutant("a_header_longer_than_influx_allows", "base/safe_text.cpp", "return one_line(out, kMostHeaderValue);",
           "return one_line(out, 2 * kMostHeaderValue);", "base/base_test"),
    Mutant("surrogates_pass_for_utf8", "base/safe_text.cpp",
           "if (byte(1) < lead->second_least || byte(1) > lead->second_most) return 0;",
           "if (!is_continuation(text[1])) return 0;", "base/base_test"),
    Mutant("the_server_emits_any_header", "net/http_connection.cpp",
           "if (is_token(name)) message.set(name, header_value(value));", "message.set(name, value);", "net/net_test"),
    Mutant("the_server_emits_any_bytes_as_text", "net/http_connection.cpp",
           "response_.body() = valid_utf8(std::move(answer.body));", "response_.body() = std::move(answer.body);", "net/net_test"),
    Mutant("any_statement_passes_for_create_database", "telemetry/influx_statement.cpp", "DZ_TRY(expect(\"DATABASE\"));",
           "++at_;", "telemetry/telemetry_test"),
    Mutant("statements_need_no_token", "telemetry/push_endpoint.cpp",
           "if (!admits(request.token)) return unauthorised(WriteApi::V1);", "", "monitor/monitor_test"),
    Mutant("too_many_rows_of_a_result_are_a_wrong_question", "telemetry/store_refusal.cpp", "CodeRow{396, AskForLess}",
           "CodeRow{396, CheckQuery}", "telemetry/store_query_test"),
    Mutant("too_many_buckets_are_a_wrong_question", "telemetry/store_refusal.cpp",
           "WordsRow{\"max-select-buckets\", AskForLess}", "WordsRow{\"max-select-buckets\", CheckQuery}", "telemetry/telemetry_test"),
    Mutant("too_many_samples_are_a_wrong_question", "telemetry/store_refusal.cpp",
           "WordsRow{\"too many samples\", AskForLess}", "WordsRow{\"too many samples\", CheckQuery}", "telemetry/telemetry_test"),
    Mutant("a_full_queue_is_asked_for_less", "telemetry/store_refusal.cpp", "WordsRow{\"in query queue\", TryLater},", "",
           "telemetry/store_query_test"),
    Mutant("a_status_hides_the_stores_own_words", "telemetry/store_refusal.cpp",
           "remedy.value_or(remedy_of_status(status))", "remedy_of_status(status)", "telemetry/store_query_test"),
    Mutant("whatever_is_omitted_is_a_note", "telemetry/store_refusal.cpp",
           "return digits > 0 && warning.substr(digits) == row.text;", "return digits > 0;", "telemetry/store_query_test"),
    Mutant("omitted_annotations_make_an_answer_partial", "telemetry/store_refusal.cpp",
           "WarningRow{Part::AfterNumber, \" more annotations omitted\"},", "", "telemetry/store_query_test"),
    Mutant("too_much_for_the_store_is_given_up", "telemetry/store_pull.cpp",
           "case ErrorKind::TooMuch: return PullFailure::TooLarge;", "case ErrorKind::TooMuch: return PullFailure::Refused;",
           "telemetry/telemetry_test"),
    Mutant("what_was_too_much_is_tried_at_once", "telemetry/store_pull.cpp",
           "if (!too_much_ || more < *too_much_) chunk_ = more;", "chunk_ = more;", "telemetry/telemetry_test"),
    Mutant("the_smallest_question_fails_without_a_word", "telemetry/store_pull.cpp",
           "state_.too_much_at_smallest = kind == PullFailure::TooLarge && !less;", "state_.too_much_at_smallest = false;",
           "telemetry/telemetry_test"),
    Mutant("a_small_chunk_looks_for_no_late_rows", "telemetry/store_pull.cpp",
           "return std::max(late, start + step() - chunk_);", "return late + chunk_ <= start ? start : late;", "telemetry/telemetry_test"),
    Mutant("what_reappears_after_a_stall_is_taken_at_once", "telemetry/store_refill.cpp",
           "return now < until ? std::optional(until) : std::nullopt;", "return std::nullopt;", "telemetry/telemetry_test"),
    Mutant("a_failed_request_is_no_stall", "telemetry/store_pull.cpp",
           "if (kind != PullFailure::TooLarge) refill_.failed(now, state_.answered_at);", "", "telemetry/telemetry_test"),
    Mutant("a_stall_never_ends", "telemetry/store_refill.cpp",
           "if (last_good_answer && now - *last_good_answer > 2 * lag_) filling_since_.reset();", "filling_since_.reset();",
           "telemetry/telemetry_test"),
    Mutant("nobody_looks_back_at_a_stall", "telemetry/store_refill.cpp", "looking_back_ = look_back_ && now >= look_back_->at;",
           "looking_back_ = look_back_ && now < Timestamp{};", "telemetry/telemetry_test"),
    Mutant("looking_back_never_ends", "telemetry/store_refill.cpp",
           "if (look_back_->pause > kLongestPause) look_back_.reset();", "", "telemetry/telemetry_test"),
    Mutant("baselines_are_never_less_than_an_hour", "telemetry/store_pull.cpp",
           "const auto least = kind == PullFailure::TooLarge ? kOne : kLeastUnasked;", "const auto least = kLeastUnasked;",
           "telemetry/telemetry_test"),
    Mutant("a_check_is_never_asked_for_less", "telemetry/store_pull.cpp", "target - std::min(kChecked, chunk_)",
           "target - kChecked", "telemetry/telemetry_test"),
    Mutant("staleness_of_the_ledger_is_a_constant", "client/ledger_mirror.cpp",
           "std::max<Duration>(3 * poll_interval, std::chrono::seconds{30})", "Duration{std::chrono::minutes{3}}",
           "activator/activator_test"),
    Mutant("settings_that_make_evidence_stale_for_ever", "monitor/monitor_settings.cpp",
           "if (lag + minutes{1} <= Duration{longest}) return {};", "return {};", "monitor/monitor_test"),
    Mutant("a_chunk_hides_late_qa_results", "telemetry/store_pull.cpp",
           "limits_.chunk = chunk_ = std::max(least, limits.chunk / step() * step());",
           "limits_.chunk = chunk_ = std::max(step(), limits.chunk / step() * step()); (void)least;", "telemetry/telemetry_test"),
    # The doors wait for nobody.
    Mutant("a_device_is_refused_before_the_ledger_was_asked", "telemetry/push_endpoint.cpp",
           "(asked_in_vain_(device) ? not_there : not_asked).insert(device);", "not_there.insert(device);",
           "monitor/monitor_test"),
    Mutant("rows_are_taken_before_it_is_known_whose_tokens_are_whose", "telemetry/push_endpoint.cpp",
           "if (!devices_known_) return {};", "", "monitor/monitor_test"),
    Mutant("a_look_that_failed_finds_nothing", "monitor/pushed_rows.cpp",
           "if (reader_.mirror().awaits(device)) return false;", "", "monitor/monitor_test"),
    Mutant("a_clock_set_back_ends_the_looks", "monitor/pushed_rows.cpp", "return now >= since && now - since < span;",
           "return now - since < span;", "monitor/monitor_test"),
    Mutant("refused_rows_leave_their_ports", "telemetry/row_batch.cpp", "drop_unused_ports(batch);", "",
           "telemetry/telemetry_test"),
    Mutant("a_name_server_is_waited_for", "net/curl_transfer.cpp", "CURLOPT_QUICK_EXIT, 1L", "CURLOPT_QUICK_EXIT, 0L",
           "net/net_test"),
    Mutant("headers_without_end", "net/curl_transfer.cpp", "if (self.header_bytes_ > kMostHeaders) {", "if (false) {",
           "net/net_test"),
    Mutant("a_drip_is_waited_for", "net/curl_transfer.cpp", "if (options.patience > Duration{}) {", "if (false) {",
           "net/net_test"),
    Mutant("hints_without_bound", "service/pass_thread.cpp", "if (hints_.size() >= kMostHints) {", "if (false) {",
           "service/service_test"),
    Mutant("stopping_waits_for_the_call_under_way", "service/pass_thread.cpp", "  stop_.request_stop();\n", "",
           "service/service_test"),
    Mutant("every_answer_is_held", "monitor/monitor_doors.cpp", "held_.size() >= kMostHeld || ", "",
           "monitor/monitor_doors_test"),
    Mutant("held_again_for_a_silent_ledger", "monitor/monitor_doors.cpp", "in_vain_ = waits;", "in_vain_ = false;",
           "monitor/monitor_doors_test"),
    Mutant("a_503_that_does_not_say_when", "monitor/monitor_api.cpp", "if (answer.retry_after) {", "if (false) {",
           "monitor/monitor_doors_test"),
    Mutant("evidence_is_judged_as_of_before_its_newest_rows", "monitor/monitor.cpp", "const auto now = now_;",
           "const auto now = begin;", "monitor/monitor_test"),
    # Nothing from a stale view.
    Mutant("a_hash_that_requires_nothing", "client/ledger_view.cpp", "  ledger.require_slot(latest.slot);\n", "",
           "activator/activator_test"),
    Mutant("a_write_with_a_newer_hash", "client/sender.cpp", "    if (signing.anchor) {\n      use_hash(*signing.anchor);",
           "    if (signing.anchor && false) {\n      use_hash(*signing.anchor);", "client/client_test"),
    Mutant("an_unknown_hash_is_replaced", "client/sender.cpp", "is_unknown_hash(sent.error().rejected) && signing.anchor)",
           "is_unknown_hash(sent.error().rejected) && signing.anchor && false)", "client/client_test"),
    Mutant("an_old_block_is_acted_on", "client/ledger_view.cpp", "if (*block_age_ <= options_.most_age) return {};", "return {};",
           "activator/activator_test"),
    Mutant("a_block_of_the_most_age_is_too_old", "client/ledger_view.cpp", "*block_age_ <= options_.most_age", "*block_age_ < options_.most_age",
           "client/client_test"),
    Mutant("a_ledger_without_times_is_acted_on", "client/ledger_view.cpp", "  if (!block_age_) {", "  if (!block_age_) return {};\n  if (!block_age_) {",
           "client/client_test"),
    Mutant("the_slot_seen_is_forgotten_at_a_restart", "client/ledger_view.cpp", "  ledger_.require_slot(seen_);\n  genesis_ = genesis;",
           "  genesis_ = genesis;", "activator/activator_test"),
    Mutant("what_cannot_be_kept_is_acted_on", "client/ledger_view.cpp",
           "if (const auto kept = keep(); !kept && problem_.empty()) problem_ = kept.error().message;", "(void)keep();", "client/client_test"),
    Mutant("a_kept_slot_becomes_smaller", "client/ledger_view.cpp", "lines[genesis] = std::max(lines[genesis], slot);", "lines[genesis] = slot;",
           "client/client_test"),
    Mutant("the_monitor_forgets_the_slot", "monitor/monitor_archive.cpp",
           "INSERT OR REPLACE INTO seen_slot VALUES(?, ?)", "INSERT OR REPLACE INTO seen_slot SELECT ?1, 0 WHERE ?2 < 0", "monitor/monitor_test"),
    Mutant("the_activator_writes_without_reading_again", "activator/activator.cpp",
           "    auto update = mirror_.read(keys);\n", "    client::MirrorUpdate update;\n", "activator/activator_test"),
    Mutant("what_changed_since_the_plan_is_written", "activator/activator.cpp",
           "return plan.changes.size() == 1 && plan.changes.front() == change;", "return true;", "activator/activator_test"),
    Mutant("sent_again_although_written_to", "activator/activator.cpp",
           "if (const auto open = open_.find(record); open != open_.end()) open->second.pending.send_again = false;", "(void)record;",
           "activator/activator_test"),
    Mutant("sent_again_although_read_as_another", "activator/activator.cpp",
           "if (record == records_.end() || record->second != open.change.before) stop_sending(key);", "(void)record;",
           "activator/activator_test"),
    Mutant("health_is_written_without_reading_again", "monitor/health_desk.cpp",
           "const auto read = anchor ? parts_.reader.read_again(keys) :", "const auto read = anchor ? Result<void>() :", "monitor/monitor_test"),
    Mutant("health_of_a_record_that_changed_is_written", "monitor/health_desk.cpp",
           "if (records && is_as_judged(*records, write)) return false;", "if (records) return false;", "monitor/monitor_test"),
    Mutant("a_trail_that_ends_early_is_an_undrain", "monitor/undrain_watch.cpp",
           "  if (!is_new(listed->front())) return false;\n", "", "monitor/monitor_test"),
    Mutant("the_cli_reads_before_it_takes_the_hash", "apps/cli/ui/context.cpp",
           "provisioner({context.ledger, context.clock, signer, anchor},", "provisioner({context.ledger, context.clock, signer},",
           "apps/cli/cli_test"),
    Mutant("an_old_node_is_not_warned_of", "apps/cli/ui/context.cpp", "  if (age <= client::ViewOptions{}.most_age) return;", "  return;",
           "apps/cli/cli_test"),
    Mutant("a_transaction_not_shown_stops_every_record", "activator/activator_proofs.cpp",
           "return done.error().kind != ErrorKind::Retry;", "not_before_ = now + kLongestWait;\n    return false;", "activator/activator_test"),
    Mutant("a_transaction_not_shown_wrote_nothing", "client/record_trail.cpp",
           "  if (!transaction) {\n    told.not_readable = true;", "  if (!transaction) {\n    told.not_readable = false;", "client/client_test"),
    Mutant("no_answer_counts_as_not_shown", "client/record_trail.cpp",
           "if (error.kind == ErrorKind::Retry) return tl::unexpected(error);", "", "client/client_test"),
    Mutant("it_is_asked_for_as_often_as_ever", "activator/activator_proofs.cpp",
           "kAfterAFailure * (1 << std::min(failures, 20))", "kAfterAFailure * (1 << std::min(failures, 0))", "activator/activator_test"),
    Mutant("what_was_passed_over_is_never_asked_for_again", "activator/activator_proofs.cpp",
           "return entry.asked > 0 && now >= entry.asks_again_at ? entry.trail.look_again(ledger_, requests) : true;", "(void)requests, (void)now;\n  return true;",
           "activator/activator_test"),
    Mutant("a_long_trail_takes_every_turn", "activator/activator_proofs.cpp",
           "(next != nullptr && entry.turn >= oldest)", "next != nullptr", "activator/activator_test"),
    Mutant("records_that_are_written_to_take_every_turn", "activator/activator_proofs.cpp",
           "urgent_next_ = !urgent_next_;", "urgent_next_ = true;", "activator/activator_test"),
    Mutant("one_not_shown_keeps_the_budget_closed", "activator/own_writes.cpp",
           "const bool no_answer = !transaction && transaction.error().kind == ErrorKind::Retry;", "const bool no_answer = !transaction;\n  tries_ = 0;",
           "activator/activator_test"),
    Mutant("lookup_tables_stand_for_nothing", "wire/transaction.cpp",
           "  message.account_keys.insert(message.account_keys.end(), loaded.begin(), loaded.end());\n", "", "wire/wire_test"),
    Mutant("fewer_accounts_than_looked_up", "wire/transaction.cpp", "if (looked_up != loaded.size()) {", "if (looked_up < loaded.size()) {", "wire/wire_test"),
    # A pass that stands, and what nodes and accounts say.
    Mutant("a_pass_with_changes_planned_stands", "control/record_book.cpp", "settled_ = !planned_changes && (", "settled_ = (",
           "control/control_test"),
    Mutant("a_pass_stands_while_it_may_not_write", "control/record_book.cpp",
           "last_ground_->writable == inputs.writable() &&", "", "control/control_test"),
    Mutant("a_pass_stands_on_disputed_sources", "control/record_book.cpp",
           "disputed_sources_ == inputs.disputed_sources && (", "(", "control/control_test"),
    Mutant("a_pass_stands_over_a_landed_write", "control/record_book.cpp",
           "void RecordBook::landed(const Pubkey& key, Health health, bool reset) {\n  settled_ = false;",
           "void RecordBook::landed(const Pubkey& key, Health health, bool reset) {", "control/control_test"),
    Mutant("unknown_evidence_is_known_while_a_pass_stands", "control/plan_monitor.cpp",
           "return assessment_.evidence_behind_health() != verdict::Judgement::Unknown;", "return true;", "control/control_test"),
    Mutant("a_block_hash_is_good_for_a_slot_longer", "ledger/bank.cpp", "while (blockhashes_.size() > kept)",
           "while (blockhashes_.size() > kept + 1)", "ledger/ledger_test"),
    Mutant("samples_are_read_with_their_bytes_turned", "wire/account_latency.cpp",
           "std::uint32_t{rest[1]} << 8 | std::uint32_t{rest[2]} << 16", "std::uint32_t{rest[2]} << 8 | std::uint32_t{rest[1]} << 16",
           "wire/wire_test"),
    # One process a file.
    Mutant("two_processes_on_a_file", "storage/file_lock.cpp", "LOCK_EX | LOCK_NB", "LOCK_SH | LOCK_NB", "storage/storage_test"),
    Mutant("a_database_is_opened_without_a_lock", "storage/sqlite.cpp", "DZ_TRY_ASSIGN(lock, FileLock::take(path));", "",
           "storage/storage_test"),
    Mutant("another_name_is_another_lock", "storage/file_lock.cpp", "links < kMostLinks &&", "links < 0 &&", "storage/storage_test"),
    # What is on disk is checked.
    Mutant("a_damaged_state_file_is_read", "storage/state_file.cpp", "if (*bytes != state_file_bytes(text)) {", "if (bytes->empty()) {",
           "storage/storage_test"),
    Mutant("types_are_not_summed", "storage/sqlite.cpp", "sum.add(static_cast<std::uint64_t>(type));", "", "storage/storage_test"),
    Mutant("row_sums_are_not_compared", "storage/row_checks.cpp", "query.is_null(1) || query.integer(0) != query.integer(1)",
           "query.is_null(1)", "storage/storage_test"),
    Mutant("a_shorter_log_is_believed", "storage/tip_file.cpp", "!tip || found.commit > tip->commit || found == *tip",
           "!tip || found.commit != tip->commit || found == *tip", "storage/storage_test"),
    Mutant("salvage_reads_from_one_end", "storage/salvage.cpp", "if (whole) return {};", "if (whole || !whole) return {};",
           "storage/storage_test"),
    Mutant("missing_rows_are_not_noticed", "ledger/archive_tables.cpp", "if (expected == found) return {};",
           "if (expected == found || expected != found) return {};", "ledger/ledger_test"),
    Mutant("the_ledger_does_not_ask_the_mark", "ledger/archive_tables.cpp",
           "DZ_TRY(storage::check_tip(path, {root.commits, root.sum}));", "", "ledger/ledger_test"),
    Mutant("an_emptied_file_is_a_new_ledger", "ledger/archive_tables.cpp",
           "  DZ_TRY(storage::check_tip(path, {}));\n  return in_transaction", "  return in_transaction", "ledger/ledger_test"),
    Mutant("a_refused_start_throws_the_log_away", "ledger/sqlite_archive.cpp", "opened->keep_log_on_close(true);",
           "opened->keep_log_on_close(false);", "ledger/ledger_test"),
    Mutant("history_is_not_checked_when_read", "ledger/sqlite_archive.cpp", "if (row.integer(9) == 0) {", "if (row.integer(9) == 2) {",
           "ledger/ledger_test"),
    Mutant("a_replaced_account_stays_in_the_total", "ledger/sqlite_archive.cpp",
           "if (known) root_.accounts_sum -= from_sql(get_account_sum_->integer(0));", "", "ledger/ledger_test"),
    Mutant("a_missing_journal_entry_is_not_noticed", "telemetry/evidence_file.cpp", "if (!follows || !head_intact) unknown_ = true;",
           "if (!head_intact || (follows && !head_intact)) unknown_ = true;", "telemetry/telemetry_test"),
    Mutant("a_damaged_batch_is_replayed", "telemetry/evidence_file.cpp", "auto taken = body_intact ? take(entry)",
           "auto taken = body_intact || !body_intact ? take(entry)", "telemetry/telemetry_test"),
    Mutant("a_lost_end_of_the_journal_is_not_noticed", "telemetry/evidence_file.cpp",
           "(*tip)->commit > static_cast<std::uint64_t>(last_)", "(*tip)->commit > UINT64_MAX - 1", "telemetry/telemetry_test"),
    Mutant("a_damaged_note_of_a_loss_counts_for_nothing", "telemetry/evidence_file.cpp",
           "unknown_ = unknown_ || !more || query.integer(4) == 0;", "unknown_ = unknown_ || !more;", "telemetry/telemetry_test"),
    Mutant("counter_rows_touch_no_minute", "telemetry/evidence_spans.cpp",
           "spread.add(c.row.at, bit(evidence::Source::Counters));", "(void)c;", "telemetry/telemetry_test"),
    Mutant("losses_are_not_withdrawn", "telemetry/durable_evidence.cpp", "  evidence.withdraw_losses();", "", "telemetry/telemetry_test"),
    Mutant("a_minute_is_good_although_its_rows_were_lost", "evidence/evidence_tally.cpp",
           "word.unobserved = (word.unobserved | lost) & ~word.bad;", "", "evidence/evidence_test"),
    Mutant("a_loss_clears_what_was_seen_to_be_bad", "evidence/evidence_tally.cpp", "word.bad &= ~lost | seen_bad(words, w, slot);",
           "word.bad &= ~lost;", "evidence/evidence_test"),
    Mutant("a_remembered_verdict_reaches_over_a_loss", "evidence/evidence_tally.cpp",
           "if (state_->source(Source::Counters).has_withdrawn(index_of(from), index_of(to))) return false;", "", "evidence/evidence_test"),
    Mutant("a_qa_window_is_complete_over_a_loss", "evidence/evidence_tally.cpp",
           "if (source.withdrawn.test(0, 0, m)) whole = minute_at(m + 1);", "", "evidence/evidence_test"),
    Mutant("a_damaged_memory_is_remembered", "monitor/memory_archive.cpp", "if (!key || query.integer(9) == 0) {", "if (!key) {",
           "monitor/monitor_test"),
    Mutant("a_damaged_decision_is_shown", "monitor/decision_archive.cpp", "if (query.integer(13) == 0) {", "if (query.integer(13) == 2) {",
           "monitor/monitor_test"),
    Mutant("a_damaged_pass_is_read", "history/history_archive.cpp", "if (read && intact)", "if (read)", "monitor/monitor_test"),
    Mutant("damaged_notifications_keep_a_monitor_down", "notify/notifier.cpp", "!state && state.error().kind != ErrorKind::Retry",
           "!state && state.error().kind == ErrorKind::Retry", "monitor/monitor_test"),
    # A clock that leaps makes nothing older.
    Mutant("a_leap_is_lived", "storage/lived_time.cpp", "leaps_.push_back({to, skipped() + (to - from)});",
           "leaps_.push_back({to, skipped()});", "storage/storage_test"),
    Mutant("a_step_back_leaves_the_leap", "storage/lived_time.cpp",
           "while (!leaps_.empty() && leaps_.back().at > to) leaps_.pop_back();", "", "storage/storage_test"),
    Mutant("the_ledger_ages_by_its_clock", "ledger/bank.cpp", "lived_.pass(slot_.value, next.value, static_cast<std::uint64_t>(most));",
           "(void)most;", "ledger/ledger_test"),
    Mutant("decisions_age_by_the_clock", "monitor/monitor_memory.cpp", "archive_.forget_before(oldest)",
           "archive_.forget_before(now - keep_)", "monitor/monitor_test"),
    # Evidence: octets. What the answer rests on is the set of rows, not their order.
    Mutant("the_octets_since_a_reset_are_no_traffic", "evidence/octets_judged.cpp",
           "ring.put(octet_plane(counter_), minute, reading->value > 0);", "ring.put(octet_plane(counter_), minute, false);", "evidence/evidence_test"),
    Mutant("a_reset_to_zero_is_traffic", "evidence/octets_judged.cpp", "ring.put(octet_plane(counter_), minute, reading->value > 0);",
           "ring.put(octet_plane(counter_), minute, true);", "evidence/evidence_test"),
    Mutant("octets_back_after_ten_minutes_sharp_are_a_reset", "evidence/octets_judged.cpp", "if (steps[j].reading->at > last) break;",
           "if (steps[j].reading->at >= last) break;", "evidence/evidence_test"),
    Mutant("an_octet_fall_is_decided_a_minute_early", "evidence/octets_judged.cpp", "if (closed_ > decisive_minute(reading->at)) {",
           "if (closed_ >= decisive_minute(reading->at)) {", "evidence/evidence_test"),
    Mutant("a_replay_of_octets_is_no_replay_for_errors", "evidence/octets.cpp", "fall->peak = std::max(fall->peak, reading.value);",
           "", "evidence/evidence_test"),
    Mutant("a_row_is_its_own_contact", "evidence/octets.cpp", "end = at - kSyncSkew;", "end = at;", "evidence/evidence_test"),
    Mutant("contact_lasts_a_moment_too_long", "evidence/octets.cpp", "const auto begin = at - kContactTime,",
           "const auto begin = at - kContactTime - Duration{1},", "evidence/evidence_test"),
    Mutant("a_hole_is_contact", "evidence/octets.cpp", "kMostHole = kContactTime - kSyncSkew;", "kMostHole = kContactTime;",
           "evidence/evidence_test"),
    Mutant("a_late_row_between_two_runs_takes_one_away", "evidence/octets.cpp", "    std::prev(next)->last = next->last;\n", "",
           "evidence/evidence_test"),
    Mutant("a_late_row_before_a_run_is_no_contact", "evidence/octets.cpp", "    next->first = at;\n", "", "evidence/evidence_test"),
    Mutant("a_fall_among_rows_not_kept_has_a_time", "evidence/octets_judged.cpp", "    fall.from = before.at;\n", "    (void)0;\n",
           "evidence/evidence_test"),
    Mutant("late_octets_show_no_reset", "evidence/octets.cpp", "    if (!rows[c].empty()) find_falls(c, rows[c], past, ring);\n", "",
           "evidence/evidence_test"),
    Mutant("what_is_on_the_shelf_is_not_read", "evidence/octets_past.h",
           "if (fresh && number < recent_) it->second.readings = shelf_.get(number);", "(void)fresh;", "evidence/evidence_test",
           ["evidence/octets.cpp", "evidence/octets_judged.cpp"]),
    Mutant("a_late_row_makes_a_lost_minute_good", "evidence/octets.cpp", "        count_as_lost(c, m, ring);\n        continue;\n", "",
           "evidence/evidence_test"),
    Mutant("the_minute_after_a_lost_one_is_good", "evidence/octets.cpp",
           "if (const auto next = ring.data_from(m + 1); next != PortRing::kNone) ring.put(octet_plane(counter), next, false);", "",
           "evidence/evidence_test"),
    # Errors, and what is strict only.
    Mutant("an_undecided_fall_of_errors_is_damped_too", "evidence/counters.cpp",
           "worst == ErrorFinding::First || worst == ErrorFinding::Undecided", "worst == ErrorFinding::First", "evidence/evidence_test"),
    Mutant("octets_below_a_fall_are_damped_too", "evidence/evidence_tally.cpp", "    return mild | silent;\n", "    return silent;\n",
           "evidence/evidence_test"),
    Mutant("octets_that_stood_still_before_a_fall_are_nothing_when_damped", "evidence/evidence_tally.cpp",
           " | octets->below_a_fall(c, w);", " | ~std::uint64_t{0};", "evidence/evidence_test"),
    Mutant("a_replay_of_octets_is_damped_too", "evidence/octets_judged.cpp", "    below |= from_on(replay.from) &", "    below |= 0 & from_on(replay.from) &",
           "evidence/evidence_test"),
    Mutant("octets_are_below_a_replay_for_good", "evidence/octets_judged.cpp", " & (replay.to >= end ? ~std::uint64_t{0} : ~from_on(replay.to));", ";",
           "evidence/evidence_test"),
    Mutant("a_source_that_nobody_sent_to_is_damped_too", "evidence/evidence_tally.cpp",
           "return bit_of(from) - 1;", "return 0;", "evidence/evidence_test"),
    Mutant("the_first_error_of_a_clean_port_is_a_baseline", "evidence/error_history.cpp",
           "if (number > 0 && !value.baseline && octets_.in_contact_before(value.reading.at)) value.now = ErrorFinding::First;", "",
           "evidence/evidence_test"),
    Mutant("contact_is_asked_of_the_newest_row", "evidence/error_history.cpp", "octets_.in_contact_before(value.reading.at)",
           "octets_.in_contact_before(values_.back().reading.at)", "evidence/evidence_test"),
    Mutant("a_late_row_clears_a_decided_error", "evidence/error_history.cpp", "      value.kept = value.now;\n", "", "evidence/evidence_test"),
    Mutant("a_late_row_decides_no_fall", "evidence/error_history.cpp", "const bool open = value.now == ErrorFinding::Undecided;",
           "const bool open = false;", "evidence/evidence_test"),
    Mutant("a_late_row_is_decided_as_it_comes", "evidence/error_history.cpp", "if (decide && !open && !value.late && !value.decided) {",
           "if (decide && !open && !value.decided) {", "evidence/evidence_test"),
    Mutant("the_same_value_again_is_an_error", "evidence/error_history.cpp", "} else if (number >= *high_) {",
           "} else if (number > *high_) {", "evidence/evidence_test"),
    Mutant("the_same_value_again_after_a_fall_is_an_error", "evidence/error_history.cpp", "const bool moved = number > *low_ ||",
           "const bool moved = number >= *low_ ||", "evidence/evidence_test"),
    Mutant("errors_back_after_ten_minutes_sharp_are_a_reset", "evidence/error_history.cpp",
           "reading.at - values_[i].reading.at > kReplayTime", "reading.at - values_[i].reading.at >= kReplayTime", "evidence/evidence_test"),
    Mutant("an_error_fall_is_decided_a_minute_early", "evidence/error_history.cpp",
           "const bool reset = closed_ > decisive_minute(value.reading.at);",
           "const bool reset = closed_ >= decisive_minute(value.reading.at);", "evidence/evidence_test"),
    Mutant("five_seconds_before_a_reset_is_not_together", "evidence/error_history.cpp",
           "fall.at - std::prev(after)->reading.at <= kTogether", "fall.at - std::prev(after)->reading.at < kTogether",
           "evidence/evidence_test"),
    Mutant("five_seconds_after_a_reset_is_not_together", "evidence/error_history.cpp",
           "after->reading.at - fall.at <= kTogether", "after->reading.at - fall.at < kTogether", "evidence/evidence_test"),
    Mutant("six_seconds_are_together", "evidence/error_history.cpp", "kTogether = 5s;", "kTogether = 6s;", "evidence/evidence_test"),
    Mutant("an_uncertain_fall_is_of_one_row", "evidence/error_history.cpp", "if (fall.from != fall.at) {", "if (false) {",
           "evidence/evidence_test"),
    Mutant("rows_left_out_saw_no_reset", "evidence/counters.cpp",
           "      for (auto& errors : errors_) errors.assume_rows_at(octets_.falls());\n", "", "evidence/evidence_test"),
    Mutant("left_out_rows_are_no_rows", "evidence/error_history.cpp", "  if (i > 0 && values_[i - 1].folded) unfold(i);\n", "",
           "evidence/evidence_test"),
    # Interfaces have a place.
    Mutant("a_named_interface_is_refused", "evidence/evidence.cpp", "const bool named = ports.is_named(device, key);",
           "const bool named = false;", "evidence/evidence_test"),
    Mutant("a_named_interface_loses_its_place", "evidence/evidence.cpp", "    if (ports.is_named(device, it->first)) continue;\n", "",
           "evidence/evidence_test"),
    Mutant("the_most_recently_heard_loses_its_place", "evidence/evidence.cpp",
           "ports.all[it->second].heard < ports.all[oldest->second].heard", "ports.all[it->second].heard > ports.all[oldest->second].heard",
           "evidence/evidence_test"),
    Mutant("a_place_is_kept_ten_minutes_and_a_moment", "evidence/evidence.cpp", "now - heard < kKeepsPlace", "now - heard <= kKeepsPlace",
           "evidence/evidence_test"),
    Mutant("interfaces_refused_are_not_counted", "evidence/evidence.cpp", "    note_refused(device, key);\n", "", "evidence/evidence_test"),
    Mutant("a_place_keeps_the_minutes_of_the_one_before", "evidence/evidence.cpp", "  ports.minutes.erase(port);\n", "",
           "evidence/evidence_test"),
    # A clock that was wrong.
    Mutant("what_was_closed_stays_closed", "evidence/evidence.cpp", "source.watermark = std::min(source.watermark, closed);", "",
           "evidence/evidence_test"),
    Mutant("minutes_that_never_were_stay", "evidence/evidence.cpp", "  state.ports.minutes.erase_from(closed);\n", "",
           "evidence/evidence_test"),
    Mutant("falls_stay_decided_by_minutes_that_never_were", "evidence/octets.cpp", "  closed_ = std::min(closed_, closed);\n", "",
           "evidence/evidence_test"),
    Mutant("octets_of_minutes_that_never_were_stay", "evidence/counters.cpp", "  octets_.take_back(closed, shelf);\n", "",
           "evidence/evidence_test"),
    Mutant("errors_of_minutes_that_never_were_stay", "evidence/counters.cpp",
           "  for (auto& errors : errors_) errors.take_back(closed);\n", "", "evidence/evidence_test"),
    Mutant("a_clock_that_came_right_takes_nothing_back", "telemetry/durable_evidence.cpp", "    evidence_.take_back(now);\n", "",
           "telemetry/telemetry_test"),
    Mutant("a_replay_of_the_journal_takes_nothing_back", "telemetry/durable_evidence.cpp", "      evidence_.take_back(at);\n", "",
           "telemetry/telemetry_test"),
    Mutant("a_jump_of_the_clock_is_not_seen", "control/clock_watch.cpp",
           "return steady_ && offset_ && magnitude(now_.time_since_epoch() - *steady_ - *offset_) > limits_.jump;", "return false;",
           "control/control_test"),
    Mutant("a_block_of_the_future_says_nothing", "control/clock_watch.cpp", "  if (*ahead_of_block_ < -limits_.jump) return Word::Behind;\n",
           "", "control/control_test"),
    Mutant("an_old_block_makes_a_right_clock_wrong", "control/clock_watch.cpp",
           "const bool in_doubt = jumped() || (!offset_ && (", "const bool in_doubt = jumped() || ((", "control/control_test"),
    Mutant("rows_that_agree_say_nothing", "control/clock_watch.cpp", "if (magnitude(middle) <= limits_.jump) return Word::Agrees;",
           "if (magnitude(middle) <= limits_.jump) return Word::Nothing;", "control/control_test"),
    Mutant("rows_of_many_times_are_believed", "control/clock_watch.cpp", "  if (together < needed) return Word::Nothing;\n", "",
           "control/control_test"),
    Mutant("a_clock_before_the_last_pass_is_believed", "control/clock_watch.cpp", "= last_pass_ && now_ < *last_pass_ - limits_.jump;",
           "= false;", "control/control_test"),
    Mutant("a_start_long_after_the_last_pass_is_believed", "control/clock_watch.cpp", " || is_long_after || block", " || block",
           "monitor/monitor_test"),
    Mutant("a_start_closes_minutes_without_a_witness", "monitor/monitor.cpp", "if (monitor->clock_.is_right()) DZ_TRY(", "DZ_TRY(",
           "monitor/monitor_test"),
    Mutant("what_a_wrong_clock_closed_stays_closed", "monitor/monitor.cpp",
           "    kept_.writes->kept(kept_.evidence->clock_came_right(begin), \"evidence\");\n", "", "monitor/monitor_test"),
    Mutant("rows_under_a_wrong_clock_are_taken", "monitor/monitor.cpp",
           "if (!clock_.is_right()) return pushed_.put_off(request, clock_.problem(), now);", "", "monitor/monitor_test"),
    Mutant("a_wrong_clock_closes_minutes", "monitor/monitor.cpp", "Timestamp Monitor::wait_for_clock(Timestamp now) {\n",
           "Timestamp Monitor::wait_for_clock(Timestamp now) {\n  kept_.writes->kept(kept_.evidence->pass(now), \"evidence\");\n",
           "monitor/monitor_test"),
]


def mutate(mutant, overlay):
    """The overlay holds the mutated file where src/ has the original."""
    text = (PROJECT / "src" / mutant.file).read_text(encoding="utf-8")
    found = text.count(mutant.old)
    if found != 1:
        sys.exit(f"{mutant.name}: expected its text once in src/{mutant.file}, found it {found} times; "
                 f"the rule moved, so move the mutant with it: {mutant.old}")
    path = overlay / mutant.file
    path.parent.mkdir(parents=True)
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")
    return path


def command_for(source, build):
    """How BUILD_DIR compiles src/`source`: by itself, or in a group with others (see cmake/Groups.cmake)."""
    entries = json.loads((build / "compile_commands.json").read_text())
    groups = [g for g in build.glob("groups/*.cpp") if f'#include "{source}"\n' in g.read_text()]
    return next(e for e in entries if e["file"] in map(str, [PROJECT / "src" / source, *groups]))


def compile_with(overlay, sources, build):
    """Compiles what has these sources in it, seeing the overlay's files before those of src/. The objects' paths."""
    commands = {entry["file"]: entry for entry in (command_for(source, build) for source in sources)}
    objects = []
    for number, (file, entry) in enumerate(commands.items()):
        words = shlex.split(entry["command"])
        output = words.index("-o") + 1
        objects.append(overlay / f"{number}_{os.path.basename(words[output])}")
        words[output] = str(objects[-1])
        copy = overlay / os.path.relpath(file, PROJECT / "src")
        words[words.index(file)] = str(copy if copy.exists() else file)
        subprocess.run([words[0], f"-I{overlay}", "-w", *words[1:]], check=True, cwd=entry["directory"])
    return objects


def link_with(objects, test, overlay, build):
    """Links the test program with these objects in front: the linker then takes no other copy from the libraries."""
    commands = subprocess.run(["ninja", "-C", build, "-t", "commands", "-s", f"src/{test}"], check=True, capture_output=True, text=True)
    words = shlex.split(next(line for line in reversed(commands.stdout.splitlines()) if f"-o src/{test}" in line))
    words = words[words.index("&&") + 1:] if "&&" in words else words
    words = words[:words.index("&&")] if "&&" in words else words
    replaced = {o.name.split("_", 1)[1] for o in objects}  # the test's own, such as "lifecycle_test.cpp.o"
    words = [w for w in words if not (w.endswith(".o") and os.path.basename(w) in replaced)]
    program = overlay / "mutated_test"
    words[words.index("-o") + 1] = str(program)
    at = words.index("-o") + 2
    subprocess.run(words[:at] + [str(o) for o in objects] + words[at:], check=True, cwd=build)
    return program


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(m.name for m in MUTANTS))
        return 0
    if len(sys.argv) != 3 or sys.argv[2] not in [m.name for m in MUTANTS]:
        print(__doc__)
        return 2
    build = Path(sys.argv[1]).resolve()
    mutant = next(m for m in MUTANTS if m.name == sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        overlay = Path(folder)
        mutate(mutant, overlay)
        objects = compile_with(overlay, mutant.recompile or [mutant.file], build)
        program = link_with(objects, mutant.test, overlay, build)
        done = subprocess.run([program, "--gtest_brief=1", "--gtest_fail_fast"], capture_output=True, text=True, errors="replace", check=False)
    noticed = [line for line in done.stdout.splitlines() if line.startswith("[  FAILED  ]")]
    if done.returncode == 0 or not noticed and done.returncode > 0:
        print(f"{mutant.name}: nobody noticed. {mutant.test} passed although src/{mutant.file} says:\n  {mutant.new}\ninstead of:\n  {mutant.old}")
        return 1
    print("\n".join(noticed) or f"{mutant.test} ended by signal {-done.returncode}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
