// One record's dossier: one HTML file that asks nobody for anything, for a ticket. It is what the page shows, at the time
// that it was saved.
import { layout_strip } from '../../draw/strip_layout.ts';
import { escaped, strip_svg } from '../../draw/strip_svg.ts';
import { minute_of } from '../../draw/minutes.ts';
import { progress_of } from '../../data/progress.ts';
import { sides_of } from '../../data/types.ts';
import { hour_names } from './names.ts';
import { clock_text, commands_of, groups_of, holding, lead_of, marks_of, met, name_of, text_of, type Assessment, type Decision, type Finding, type RecordMinutes, type RecordReadings } from './view.ts';

export interface Dossier {
  assessment: Assessment;
  minutes: RecordMinutes | undefined;
  decisions: readonly Decision[];
  readings: RecordReadings | undefined; // of the minute that was pinned
  saved_at: Date;
  monitor: string; // its address
}

const style = `
body{font:14px/1.5 system-ui,sans-serif;color:#1b2430;background:#fff;max-width:1180px;margin:24px auto;padding:0 20px}
h1{font-size:22px;margin:0}h2{font-size:15px;margin:28px 0 8px;border-bottom:1px solid #d5dbe3;padding-bottom:4px}h3{font-size:13px;margin:12px 0 4px}
.sentence{font-size:17px;margin:12px 0}table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:3px 10px 3px 0;border-bottom:1px solid #eceff3;font-weight:400}
th{color:#5b6675}code{font:12px ui-monospace,monospace;background:#f3f5f8;padding:1px 4px}.n{text-align:right;font-variant-numeric:tabular-nums}
.bad{color:#a62c08}.dim{color:#5b6675}.groups{display:flex;flex-wrap:wrap;gap:16px 28px}figure{margin:0 0 10px}td code{overflow-wrap:anywhere}.decisions td:nth-child(-n+2){white-space:nowrap}.decisions td:nth-child(4){max-width:22em}figcaption{font-size:12px;color:#5b6675}ul{margin:4px 0;padding-left:18px}`;

const row = (cells: readonly string[], tag = 'td'): string => `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join('')}</tr>`;
const section = (title: string, body: string): string => (body ? `<h2>${escaped(title)}</h2>${body}` : '');

function findings_html(findings: readonly Finding[], now: number): string {
  const rows = findings.map((f) => {
    const when = f.earliest && f.judgement !== 'met' ? `<br><span class="dim">at the earliest ${escaped(clock_text(f.earliest, now))} UTC</span>` : '';
    return row([`<b class="${f.judgement === 'not met' ? 'bad' : ''}">${escaped(f.judgement)}</b>`, `<code>${escaped(f.id)}</code>${f.gates ? '' : ` <span class="dim">gates nothing</span>`}`, escaped(f.detail) + when]);
  });
  return rows.length > 0 ? `<table>${rows.join('')}</table>` : '';
}

function strips_html(minutes: RecordMinutes, now: number): string {
  const layout = layout_strip(minute_of(minutes.from), minute_of(minutes.to), { cell_width: 4, cell_height: 5, left: 38, top: 12 });
  let id = 0;
  const groups = groups_of(minutes).map((group) => {
    const figures = group.lines.map((line) => {
      const text = text_of(line, now);
      const svg = strip_svg({ layout, strip: line.strip, marks: marks_of(minutes, line) }, { names: hour_names(layout), id: String(++id), label: `${name_of(line.line)}: ${text.summary}` });
      const stretches = text.stretches.length > 0 ? `<details><summary>${escaped(text.summary)}</summary><ul>${text.stretches.map((one) => `<li>${escaped(one)}</li>`).join('')}</ul></details>` : escaped(text.summary);
      return `<figure><figcaption>${escaped(line.line.where || line.line.source)}</figcaption>${svg}<figcaption>${stretches}</figcaption></figure>`;
    });
    return `<div><h3>${escaped(group.name)}</h3>${figures.join('')}</div>`;
  });
  return `<p class="dim">A row is an hour of UTC, a cell a minute. Plain: good. With a bar: bad. Hatched: not observed. Underlined: drained. Ringed: has to age out.</p><div class="groups">${groups.join('')}</div>`;
}

function readings_html(readings: RecordReadings): string {
  const rows = readings.ports.flatMap((port) => {
    const place = `${port.side} ${port.device} ${port.interface}`.trim();
    const values = port.counters.flatMap((counter) =>
      counter.readings.map((reading) => row([escaped(place), escaped(counter.counter), escaped(reading.at), escaped(reading.value), escaped(reading.difference ?? 'first known')])),
    );
    return values.length > 0 ? values : [row([escaped(place), escaped(`octets: ${port.octets}`), '', '', ''])];
  });
  return `<table>${row(['port', 'counter', 'at', 'value', 'difference'], 'th')}${rows.join('')}</table>`;
}

function decisions_html(decisions: readonly Decision[]): string {
  const rows = decisions.map((d) => row([escaped(d.at), `health ${escaped(d.from)} → ${escaped(d.to)}`, escaped(`${d.reason}: ${d.sentence}`), `<code>${escaped(d.signature || 'none')}</code>`, `slot ${String(d.slot)}`]));
  return rows.length > 0 ? `<table class="decisions">${row(['when', 'what', 'why', 'transaction', ''], 'th')}${rows.join('')}</table>` : '';
}

export function dossier_html({ assessment: a, minutes, decisions, readings, saved_at, monitor }: Dossier): string {
  const now = Date.parse(a.at);
  const lead = lead_of(a);
  const wait = lead.at === undefined ? lead.text : `${lead.text} at ${clock_text(lead.at, now)} UTC if every minute stays good`;
  const sides = sides_of(a).map((side, i) => row([i === 0 ? 'A' : 'Z', side.device ?? '', side.interface ?? '', side.contributor ?? '', side.metro ?? ''].map(escaped)));
  const body = [
    `<h1>${escaped(a.code)}</h1><p class="dim">${escaped(a.kind)} ${escaped(a.pubkey)}; judged ${escaped(a.at)}; policy ${escaped(a.policy ?? '')}; saved ${escaped(saved_at.toISOString().slice(0, 19))}Z</p>`,
    `<p class="sentence">${escaped(a.sentence)}</p>`,
    `<p>health <b>${escaped(a.health)}</b>, status <b>${escaped(a.status)}</b>, wanted <b>${escaped(a.desired_status)}</b>. ${lead.kind === 'needs' ? `Needs ${escaped(lead.who ?? '')}: ` : ''}${escaped(wait)}.</p>`,
    `<p>${progress_of(a, now).steps.map((step) => `${step.state === 'done' ? '✓' : step.state === 'stuck' ? '!' : '·'} ${escaped(step.name)}`).join(' &nbsp; ')}</p>`,
    section('What holds it', findings_html(holding(a), now)),
    section('Met', findings_html(met(a), now)),
    section('Notes', a.notes.length > 0 ? `<ul>${a.notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>` : ''),
    section('Sides', sides.length > 0 ? `<table>${row(['side', 'device', 'port', 'contributor', 'metro'], 'th')}${sides.join('')}</table>` : ''),
    section('Every minute', minutes ? strips_html(minutes, now) : ''),
    section(`Counters of ${readings?.minute ?? ''}`, readings ? readings_html(readings) : ''),
    section('To run', commands_of(a, monitor).map((command) => `<p><span class="dim">${escaped(command.why)}</span><br><code>${escaped(command.line)}</code></p>`).join('')),
    section('Decisions', decisions_html(decisions)),
  ];
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"><title>${escaped(a.code)} ${escaped(a.at)}</title><style>${style}</style></head><body>${body.join('\n')}</body></html>`;
}

// "ams-lon-20261201T1200Z.html": a name that every file system takes.
export function dossier_name(dossier: Dossier): string {
  const code = dossier.assessment.code.replace(/[^A-Za-z0-9_.-]+/g, '_');
  return `${code}-${dossier.saved_at.toISOString().replace(/[-:]/g, '').slice(0, 13)}Z.html`;
}

export function save_dossier(dossier: Dossier): void {
  const url = URL.createObjectURL(new Blob([dossier_html(dossier)], { type: 'text/html' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = dossier_name(dossier);
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
