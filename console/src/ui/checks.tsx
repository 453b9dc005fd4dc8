// The criteria of a record as cells, in their order; a gap where the side changes.
import { Fragment } from 'preact';

import type { Finding } from '../data/types.ts';
import { verdict_of } from '../data/words.ts';
import { CheckCell } from './marks.tsx';

export function Checks({ findings }: { findings: readonly Finding[] | undefined }) {
  if (!findings) return <ul class="checks" aria-label="Criteria, not read yet" />;
  const shown = findings.filter((finding) => finding.judgement !== 'not applicable');
  let group = '';
  return (
    <ul class="checks" aria-label="Criteria">
      {shown.map((finding) => {
        const here = group_of(finding.id);
        const gap = group !== '' && here !== group;
        group = here;
        return (
          <Fragment key={finding.id}>
            {gap && <li class="gap" aria-hidden="true" />}
            <CheckCell
              verdict={verdict_of(finding.judgement)}
              name={finding.id}
              about={finding.detail}
              aside={!finding.gates}
            />
          </Fragment>
        );
      })}
    </ul>
  );
}

// "a" of link.a.errors; what has no side is of the record itself.
function group_of(id: string): string {
  return /^link\.(a|z|az|za)\./.exec(id)?.[1]?.slice(0, 1) ?? 'record';
}
