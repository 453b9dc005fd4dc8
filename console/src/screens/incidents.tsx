// What is at fault now, by cause: failing, then recovering, with who has to act.
import { href_of } from '../app/router.ts';
import { is_worked_on, type Held } from '../data/arrange.ts';
import { at, moment, span } from '../data/time.ts';
import type { Incident, Row } from '../data/types.ts';
import { use_now } from '../data/use.ts';
import { MaintenanceTag } from '../ui/maintenance.tsx';
import { Mark } from '../ui/marks.tsx';

const names_shown = 6;

interface IncidentsProps {
  incidents: readonly Incident[];
  rows: ReadonlyMap<string, Row>;
  held: readonly Held[];
  query: string;
}

// What is being worked on stands last, and is not counted as failing.
export function Incidents({ incidents, rows, held, query }: IncidentsProps) {
  const now = use_now();
  const found = incidents.filter((incident) => says(incident, query)).sort(worst_first);
  const worked_on = found.filter((incident) => is_worked_on(incident, rows));
  const open = found.filter((incident) => !worked_on.includes(incident));
  return (
    <section class="part" aria-labelledby="incidents">
      <header>
        <h2 id="incidents">Incidents</h2>
        <span class="quiet">{counts(open, worked_on, held)}</span>
      </header>
      <div class="rows">
        {found.length + held.length === 0 && <p class="empty">{query ? 'None of these.' : 'Nothing is at fault.'}</p>}
        {open.map((incident) => (
          <One key={incident.id} incident={incident} now={now} />
        ))}
        {held.map((one) => (
          <article key={one.by} class="incident">
            <Mark kind="held" />
            <div>
              <h3>Held: {one.by}</h3>
              <p class="quiet">until whoever holds it lets go; evidence goes on being collected</p>
            </div>
            <div>
              <Names records={one.rows} count={one.rows.length} />
            </div>
            <div class="when">held</div>
          </article>
        ))}
        {worked_on.map((incident) => (
          <One key={incident.id} incident={incident} now={now} maintenance={rows.get(incident.records[0]?.pubkey ?? '')?.maintenance} />
        ))}
      </div>
    </section>
  );
}

function Names({ records, count }: { records: readonly { code?: string; pubkey?: string }[]; count: number }) {
  return (
    <p class="names">
      {records.slice(0, names_shown).map((record) => (
        <a key={record.pubkey} href={href_of(`r/${record.code ?? ''}`)}>
          {record.code}
        </a>
      ))}
      {count > names_shown && <span class="quiet">and {count - names_shown} more</span>}
    </p>
  );
}

function One({ incident, now, maintenance }: { incident: Incident; now: number; maintenance?: Row['maintenance'] | undefined }) {
  const returns = at(incident.returns_at);
  const records = incident.records;
  const count = incident.count;
  return (
    <article class="incident">
      <Mark kind={maintenance ? 'maintained' : incident.state} />
      <div>
        <h3>
          {incident.title}
          {incident.impairs && !maintenance && <span class="bad"> · impairs what is in service</span>}
        </h3>
        <p class="quiet">
          <MaintenanceTag of={maintenance} />
          {incident.cause.sentence}
        </p>
      </div>
      <div>
        <p>
          {incident.needs
            ? `Needs ${incident.needs.contributor ?? `the ${incident.needs.who}`}: ${incident.needs.what}`
            : `Ends when ${incident.ends}`}
        </p>
        <Names records={records} count={count} />
      </div>
      <div class="when">
        <div>
          {incident.state} for {span(now - at(incident.state_since))}
        </div>
        <div class="quiet">
          {Number.isNaN(returns) ? `since ${moment(at(incident.since), now)} UTC` : `returns ${moment(returns, now)} UTC`}
        </div>
      </div>
    </article>
  );
}

function counts(incidents: readonly Incident[], worked_on: readonly Incident[], held: readonly Held[]): string {
  const failing = incidents.filter((incident) => incident.state === 'failing').length;
  const recovering = incidents.length - failing;
  return [failing > 0 && `${failing} failing`, recovering > 0 && `${recovering} recovering`, held.length > 0 && `${held.length} held`, worked_on.length > 0 && `${worked_on.length} worked on`].filter(Boolean).join(', ');
}

function says(incident: Incident, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [incident.title, incident.cause.sentence, ...incident.records.map((record) => record.code)].join(' ').toLowerCase();
  return words.every((word) => text.includes(word));
}

function worst_first(a: Incident, b: Incident): number {
  const weight = (one: Incident) => (one.state === 'failing' ? 2 : 0) + (one.impairs ? 1 : 0);
  return weight(b) - weight(a) || at(b.since) - at(a.since);
}
