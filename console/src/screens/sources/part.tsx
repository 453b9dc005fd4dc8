// A titled part of the page, and a table of named facts.
import type { ComponentChildren } from 'preact';

export function Part({ id, title, about, children }: { id: string; title: string; about?: string; children: ComponentChildren }) {
  return (
    <section class="part" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {about && <span class="quiet">{about}</span>}
      </header>
      <div class="rows scrolled" tabIndex={0} role="group" aria-labelledby={id}>
        {children}
      </div>
    </section>
  );
}

export type Fact = readonly [name: string, value: ComponentChildren];

// What has no value is left out.
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <table class="facts">
      <tbody>
        {facts
          .filter(([, value]) => value !== '' && value !== null && value !== undefined)
          .map(([name, value]) => (
            <tr key={name}>
              <th scope="row" class="quiet">
                {name}
              </th>
              <td data-fact={name}>{value}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
