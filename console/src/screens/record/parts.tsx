// The parts of a record's page beside its minutes.
import { base_url, href_of } from '../../app/router.ts';
import { progress_of, type Progress } from '../../data/progress.ts';
import { sides_of, type Side } from '../../data/types.ts';
import { hours, span } from '../../data/time.ts';
import { verdict_of, verdict_words } from '../../data/words.ts';
import { CliLine } from '../../ui/cli_line.tsx';
import { maintenance_words } from '../../ui/maintenance.tsx';
import { verdict_letters } from '../../ui/marks.tsx';
import type { Answer, HistoryEntry, RecordHistory } from './use_record.ts';
import { clock_text, commands_of, held_words, holding, is_failing, lead_of, left_text, met, type Assessment, type Decision, type Finding, type RecordMinutes } from './view.ts';

// Why what is shown may not be so any more.
export function Old({ answer, now }: { answer: Answer<Assessment>; now: number }) {
  if (!answer.error) return null;
  return <p class="notice bad" role="status">{answer.error}: what is shown is of {clock_text(answer.at ?? now, now)} UTC.</p>;
}

// Who has it in hand: by whom it was drained, and who works on it.
export function InHand({ a, now }: { a: Assessment; now: number }) {
  const held = held_words(a, now);
  if (!held && !a.maintenance) return null;
  return (
    <div class="in-hand">
      {held && <p data-fact="held_by">{held}</p>}
      {a.maintenance && (
        <p data-fact="maintenance">
          <b class="held">{maintenance_words(a.maintenance, now)}</b> {a.maintenance.why}
          <span class="quiet"> told of {a.maintenance.code} by {a.maintenance.by}; judged as always, nobody is alarmed</span>
        </p>
      )}
    </div>
  );
}

// ---- what to wait for

export function Lead({ a, now }: { a: Assessment; now: number }) {
  const lead = lead_of(a);
  if (lead.kind === 'needs') {
    return <div class="lead needs"><b>needs {lead.who}</b><p data-fact="needs">{lead.text}</p></div>;
  }
  if (lead.at !== undefined) {
    const over = lead.at <= now;
    return (
      <div class="lead wait">
        <b>{lead.text}{over ? ' at the next pass' : ' in'}</b>
        {!over && <span class="left-time" role="timer">{left_text(lead.at - now)}</span>}
        <p><time dateTime={new Date(lead.at).toISOString()} data-fact="returns_at">{clock_text(lead.at, now)} UTC</time>, if every minute stays good</p>
      </div>
    );
  }
  return <div class="lead"><b>{a.condition.state === 'good' ? 'as it should be' : 'no time is named'}</b><p>{lead.text}</p></div>;
}

const step_marks = { done: '✓', 'at-work': '●', stuck: '!', 'to-come': '' } as const;
const step_words = { done: 'done', 'at-work': 'at work', stuck: 'stuck here', 'to-come': 'to come' } as const;

function step_detail(progress: Progress, i: number, a: Assessment): string {
  const details = [
    a.status,
    progress.clean_minutes === undefined ? `${a.evidence}, of ${hours(progress.window_minutes)}` : `${hours(progress.clean_minutes)} of ${hours(progress.window_minutes)}`,
    a.health,
    a.desired_status === 'activated' ? 'wanted' : `wanted: ${a.desired_status}`,
  ];
  return details[i] ?? '';
}

export function Steps({ a, now }: { a: Assessment; now: number }) {
  const progress = progress_of(a, now);
  return (
    <ol class="steps" aria-label="the way into service">
      {progress.steps.map((step, i) => (
        <li key={step.name} class={step.state} aria-current={i === progress.at ? 'step' : undefined}>
          <i aria-hidden="true">{step_marks[step.state]}</i>
          <b>{step.name}</b>
          <span>{step.name === step_detail(progress, i, a) ? '' : step_detail(progress, i, a)}</span>
          <span class="unseen">: {step_words[step.state]}</span>
        </li>
      ))}
    </ol>
  );
}

// ---- criteria

export function Findings({ a, now }: { a: Assessment; now: number }) {
  const open = holding(a);
  const done = met(a);
  const holds = open.filter((finding) => finding.gates);
  const aside = open.filter((finding) => !finding.gates);
  const asked = holds.length + done.filter((finding) => finding.gates).length;
  return (
    <section class="findings" aria-label="criteria">
      <h2>{holds.length > 0 ? `Holding: ${String(holds.length)} of ${String(asked)} criteria` : `All ${String(asked)} criteria that hold it are met`}</h2>
      {holds.length > 0 && <ul class="finding-list">{holds.map((finding) => <FindingRow key={finding.id} f={finding} now={now} />)}</ul>}
      {aside.length > 0 && <p class="holds-nothing">Not met, and holding nothing: {aside.length}</p>}
      {aside.length > 0 && <ul class="finding-list">{aside.map((finding) => <FindingRow key={finding.id} f={finding} now={now} />)}</ul>}
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
  const verdict = verdict_of(f.judgement);
  const asides = [is_failing(f) && 'failing now', !f.gates && f.mode !== 'enforce' && f.mode, !f.gates && f.mode === 'enforce' && verdict !== 'met' && 'not read in this state'].filter(Boolean);
  return (
    <li class={`finding ${verdict}${f.gates ? '' : ' aside'}`} data-criterion={f.id}>
      <i class="mark" aria-hidden="true">{verdict_letters[verdict]}</i>
      <code>{f.id}</code>
      <span class="judgement" data-fact="judgement">{[verdict_words[verdict], ...asides].join(', ')}</span>
      <p data-fact="detail">{f.detail}</p>
      {f.earliest && verdict !== 'met' && <p class="quiet">met at the earliest {clock_text(f.earliest, now)} UTC</p>}
      {f.stale && <p class="bad">its source {f.source} is stale{f.watermark ? `, complete through ${clock_text(f.watermark, now)}` : ': it never answered'}</p>}
    </li>
  );
}

// ---- sides and commands

// The device and its clock are of the minutes' answer; whose it is, and where, of the assessment, where it says so.
export function Sides({ a, minutes, now }: { a: Assessment; minutes: RecordMinutes | undefined; now: number }) {
  const of_link = a.kind === 'link';
  const known: readonly (Partial<Side> | undefined)[] = of_link ? sides_of(a) : [a];
  return (
    <section class="sides" aria-label="sides">
      <table>
        <thead><tr>{of_link && <th>side</th>}<th>device</th>{of_link && <th>port</th>}<th>contributor</th><th>metro</th><th>clock</th><th>heard</th></tr></thead>
        <tbody>
          {minutes?.clocks.map((clock, i) => {
            const side = known[i];
            const name = i === 0 ? 'A' : 'Z';
            return (
              <tr key={clock.pubkey + name}>
                {of_link && <th scope="row">{name}</th>}
                <td>{of_link ? <a href={href_of(`r/${clock.device}`)}>{clock.device}</a> : clock.device}</td>
                {of_link && <td><code>{side?.interface ?? port_of(minutes, name)}</code></td>}
                <td>{side?.contributor ?? '–'}</td>
                <td>{side?.metro ?? '–'}</td>
                <td class={clock.ahead_seconds ? 'bad' : ''}>{clock.ahead_seconds ? `${span(clock.ahead_seconds * 1000)} ahead` : 'not ahead'}</td>
                <td>{clock.heard ? clock_text(clock.heard, now) : '–'}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

// "Switch1/1/1" of "A (ams-dz001) Switch1/1/1".
function port_of(minutes: RecordMinutes, side: string): string {
  const where = minutes.lines.find((line) => line.side === side && line.signal === 'data')?.where ?? '';
  return where.replace(/^[AZ] (\([^)]*\) )?/, '') || '–';
}

export function Next({ a }: { a: Assessment }) {
  return (
    <section class="next" aria-label="next step">
      <h2>To do</h2>
      <p data-fact="to_do">{a.to_do}</p>
      {commands_of(a, base_url().href).map((command) => (
        <div class="command" key={command.line}>
          <span class="quiet">{command.why}</span>
          <CliLine command={command.line} />
        </div>
      ))}
    </section>
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
    why: entry.reason ?? sentence_of(entry.signature) ?? '',
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
      {history.value?.reading && <p class="quiet">the ledger is still being read…</p>}
      {events.length === 0 && <p class="quiet">Nothing was changed as far as is known here.</p>}
      {events.length > 0 && (
        <div class="scrolls" tabIndex={0} role="region" aria-label="changes">
          <table>
            <thead><tr><th>when</th><th>what</th><th>by</th><th>why</th><th>transaction</th></tr></thead>
            <tbody>
              {events.map((event, i) => (
                <tr key={`${event.signature ?? ''}${String(i)}`}>
                  <td class="when">{event.at ? clock_text(event.at, now) : 'no time'}</td>
                  <td class="what">{event.what}</td>
                  <td class="by">{event.by}</td>
                  <td>{event.why}</td>
                  <td><code title={event.signature}>{event.signature ? `${event.signature.slice(0, 8)}…` : 'none'}</code>{event.slot !== undefined && <span class="quiet"> slot {event.slot}</span>}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {history.value?.ends && <p class="quiet">{history.value.ends}</p>}
    </section>
  );
}
