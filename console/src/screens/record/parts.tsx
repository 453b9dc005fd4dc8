// The parts of a record's page beside its minutes.
import { useState } from 'preact/hooks';

import type { Answer, HistoryEntry, RecordAnswers, RecordHistory, Schemas } from './use_record.ts';
import { clock_text, commands_of, holding, is_failing, judgement_badge, lead_of, left_text, met, steps_of, type Assessment, type Command, type Decision, type Finding } from './view.ts';

// ---- can it be believed

const seconds_old = 20;

// Why what is shown may not be so any more, each with since when.
export function notices_of(answers: RecordAnswers, now: number): string[] {
  const notices: string[] = [];
  const { assessment, health } = answers;
  if (assessment.error && assessment.value) notices.push(`${assessment.error}: what is shown is of ${clock_text(assessment.at ?? now, now)}.`);
  else if (assessment.at !== undefined && now - assessment.at > seconds_old * 1000) notices.push(`Nothing was heard of the monitor since ${clock_text(assessment.at, now)}.`);
  if (health.value?.reason && !assessment.error) {
    const read = health.value.ledger_read_at;
    notices.push(`${health.value.reason}${read ? `; the ledger was read last at ${clock_text(read, now)}` : ''}.`);
  }
  for (const [name, source] of Object.entries(health.value?.sources ?? {})) {
    if (source.suspect) notices.push(`The source ${name} is suspected: silence of many devices at once is not counted against them.`);
  }
  return notices;
}

export function Notices({ answers, now }: { answers: RecordAnswers; now: number }) {
  return <>{notices_of(answers, now).map((text) => <p key={text} class="notice bad" role="status">{text}</p>)}</>;
}

// ---- what to wait for

const of_day = (at: number, now: number): string => {
  const tomorrow = new Date(now + 86_400_000).toISOString().slice(0, 10);
  const text = new Date(at).toISOString();
  if (text.slice(0, 10) === new Date(now).toISOString().slice(0, 10)) return `today ${text.slice(11, 16)} UTC`;
  return text.slice(0, 10) === tomorrow ? `tomorrow ${text.slice(11, 16)} UTC` : `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
};

export function Lead({ a, now }: { a: Assessment; now: number }) {
  const lead = lead_of(a);
  if (lead.kind === 'needs') {
    return <div class="lead needs"><b>needs {lead.who === 'contributor' ? 'you' : lead.who}</b><p data-fact="needs">{lead.text}</p></div>;
  }
  if (lead.at !== undefined) {
    const over = lead.at <= now;
    return (
      <div class="lead wait">
        <b>{lead.text}{over ? ' at the next pass' : ' in'}</b>
        {!over && <span class="countdown" role="timer">{left_text(lead.at - now)}</span>}
        <p><time dateTime={new Date(lead.at).toISOString()} data-fact="returns_at">{of_day(lead.at, now)}</time>, if every minute stays good</p>
      </div>
    );
  }
  return <div class="lead"><b>{a.condition?.state === 'good' ? 'as it should be' : 'no time is named'}</b><p>{lead.text}</p></div>;
}

export function Stepper({ a }: { a: Assessment }) {
  const marks = { done: '✓', now: '●', stuck: '!', next: '' };
  return (
    <ol class="stepper" aria-label="the way into service">
      {steps_of(a).map((step) => (
        <li key={step.name} class={step.state} aria-current={step.state === 'now' || step.state === 'stuck' ? 'step' : undefined}>
          <i aria-hidden="true">{marks[step.state]}</i>
          <b>{step.name}</b>
          <span>{step.detail}{step.state === 'stuck' && <span class="unseen"> (stuck here)</span>}</span>
        </li>
      ))}
    </ol>
  );
}

// ---- criteria

export function Findings({ a, now }: { a: Assessment; now: number }) {
  const open = holding(a);
  const done = met(a);
  return (
    <section class="findings" aria-label="criteria">
      <h2>{open.length > 0 ? `Holding: ${String(open.length)} of ${String(open.length + done.length)} criteria` : `All ${String(done.length)} criteria are met`}</h2>
      {open.length > 0 && <ul class="finding-list">{open.map((finding) => <FindingRow key={finding.id} f={finding} now={now} />)}</ul>}
      {done.length > 0 && (
        <details class="met" open={open.length === 0}>
          <summary>{done.length} met</summary>
          <ul class="finding-list">{done.map((finding) => <FindingRow key={finding.id} f={finding} now={now} />)}</ul>
        </details>
      )}
      {a.notes.length > 0 && <ul class="notes" aria-label="notes">{a.notes.map((note) => <li key={note}>{note}</li>)}</ul>}
    </section>
  );
}

function FindingRow({ f, now }: { f: Finding; now: number }) {
  const badge = judgement_badge(f);
  const quiet = !f.gates;
  return (
    <li class={`finding tone-${badge.tone}${quiet ? ' quiet' : ''}`} data-criterion={f.id}>
      <i class="mark" aria-hidden="true">{badge.letter}</i>
      <code>{f.id}</code>
      <span class="judgement">{badge.word}{is_failing(f) && ', failing now'}{quiet && f.mode !== 'enforce' && `, ${f.mode}`}{quiet && f.mode === 'enforce' && badge.word !== 'met' && ', not read in this state'}</span>
      <p data-fact="detail">{f.detail}</p>
      {f.earliest && badge.word !== 'met' && <p class="dim">met at the earliest {clock_text(f.earliest, now)} UTC</p>}
      {f.stale && <p class="tone-bad">its source {f.source} is stale{f.watermark ? `, complete through ${clock_text(f.watermark, now)}` : ': it never answered'}</p>}
    </li>
  );
}

// ---- sides and commands

export function Sides({ a, clocks, now }: { a: Assessment; clocks: Schemas['RecordMinutes']['clocks']; now: number }) {
  const sides = a.sides ?? [{ side: '', pubkey: a.pubkey, device: a.code, interface: null, contributor: a.contributor ?? null, metro: a.metro ?? null }];
  return (
    <section class="sides" aria-label="sides">
      <table>
        <thead><tr>{a.sides && <th>side</th>}<th>device</th>{a.sides && <th>port</th>}<th>contributor</th><th>metro</th><th>clock</th><th>heard</th></tr></thead>
        <tbody>
          {sides.map((side) => {
            const clock = clocks.find((one) => one.pubkey === side.pubkey);
            return (
              <tr key={side.side + side.pubkey}>
                {a.sides && <th scope="row">{side.side}</th>}
                <td>{a.sides && side.device ? <a href={`r/${encodeURIComponent(side.device)}`}>{side.device}</a> : (side.device ?? side.pubkey)}</td>
                {a.sides && <td><code>{side.interface ?? 'not named'}</code></td>}
                <td>{side.contributor ?? 'not known'}</td>
                <td>{side.metro ?? 'not known'}</td>
                <td class={clock?.ahead ? 'tone-bad' : ''}>{clock ? (clock.ahead ? `${clock.ahead} ahead` : 'not ahead') : '…'}</td>
                <td>{clock?.heard ? clock_text(clock.heard, now) : 'pushes nothing'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

export function Next({ a }: { a: Assessment }) {
  return (
    <section class="next" aria-label="next step">
      <h2>To do</h2>
      <p data-fact="to_do">{a.to_do}</p>
      {commands_of(a).map((command) => <CommandLine key={command.line} command={command} />)}
    </section>
  );
}

function CommandLine({ command }: { command: Command }) {
  const [copied, set_copied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(command.line);
      set_copied(true);
      setTimeout(() => set_copied(false), 2_000);
    } catch {
      set_copied(false); // a page that may not write the clipboard: the line can be selected
    }
  };
  return (
    <div class="command">
      <span class="dim">{command.why}</span>
      <div><code tabIndex={0}>{command.line}</code><button type="button" class="small" onClick={() => void copy()} aria-label={`copy ${command.line}`}>{copied ? 'copied' : 'copy'}</button></div>
    </div>
  );
}

// ---- the past

interface Event {
  at: string | null;
  what: string;
  by: string;
  why: string;
  signature: string | undefined;
  slot: number | undefined;
}

function words_of(entry: HistoryEntry): string {
  const changes = (['status', 'desired_status', 'health'] as const).flatMap((field) => {
    const change = entry[field];
    return change ? [change.before === null ? `${field} ${change.after}` : `${field} ${change.before} → ${change.after}`] : [];
  });
  return [...(entry.event === 'written' || entry.event === 'decided' ? [] : [entry.event]), changes.join(', ')].filter(Boolean).join(': ');
}

// What the ledger's history tells; of decisions that it has no entry for, what the monitor knows.
export function events_of(decisions: readonly Decision[], history: RecordHistory | undefined): Event[] {
  const entries = history?.history ?? [];
  const told = new Set(entries.map((entry) => entry.signature));
  const sentence_of = (signature: string | null) => decisions.find((decision) => signature && decision.signature === signature)?.sentence;
  const events: Event[] = entries.map((entry) => ({
    at: entry.time,
    what: words_of(entry),
    by: [entry.role, entry.signer && `${entry.signer.slice(0, 6)}…`].filter(Boolean).join(' '),
    why: [entry.reason, sentence_of(entry.signature)].filter(Boolean).join(': '),
    signature: entry.signature ?? undefined,
    slot: entry.slot || undefined,
  }));
  for (const decision of decisions) {
    const written = decision.signature !== '';
    if (told.has(written ? decision.signature : null) || (!written && entries.some((entry) => entry.event === 'decided' && entry.time === decision.at))) continue;
    events.push({ at: decision.at, what: `health ${decision.from} → ${decision.to}`, by: 'the monitor', why: `${decision.reason}: ${decision.sentence}`, signature: decision.signature || undefined, slot: decision.slot || undefined });
  }
  return events.sort((x, y) => (y.at ?? '').localeCompare(x.at ?? ''));
}

export function History({ decisions, history, now }: { decisions: Answer<{ decisions: Decision[] }>; history: Answer<RecordHistory>; now: number }) {
  const events = events_of(decisions.value?.decisions ?? [], history.value);
  return (
    <section class="history" aria-label="history">
      <h2>History</h2>
      {decisions.error && !decisions.value && <p class="notice">{decisions.error}</p>}
      {history.value?.reading && <p class="dim">the ledger is still being read…</p>}
      {events.length === 0 && <p class="dim">Nothing was changed as far as is known here.</p>}
      {events.length > 0 && (
        <div class="scrolls" tabIndex={0} role="region" aria-label="changes">
          <table>
            <thead><tr><th>when</th><th>what</th><th>by</th><th>why</th><th>transaction</th></tr></thead>
            <tbody>
              {events.map((event, i) => (
                <tr key={`${event.signature ?? ''}${String(i)}`}>
                  <td class="when">{event.at ? clock_text(event.at, now) : 'no time'}</td>
                  <td class="what">{event.what}</td>
                  <td>{event.by}</td>
                  <td>{event.why}</td>
                  <td><code title={event.signature}>{event.signature ? `${event.signature.slice(0, 8)}…` : 'none'}</code>{event.slot !== undefined && <span class="dim"> slot {event.slot}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {history.value?.ends && <p class="dim">{history.value.ends}</p>}
    </section>
  );
}
