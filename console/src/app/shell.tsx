import { match_screen, use_place, href_of } from './router.ts';
import { screens } from '../screens/index.ts';

export function Shell() {
  const place = use_place();
  const match = match_screen(screens, place.path);
  return (
    <>
      <header class="bar">
        <a class="name" href={href_of('')}>
          DoubleZero
        </a>
        <nav aria-label="Screens">
          {screens
            .filter((screen) => screen.key)
            .map((screen) => (
              <a key={screen.path} href={href_of(screen.path)} aria-current={match?.screen === screen ? 'page' : undefined}>
                {screen.title}
              </a>
            ))}
        </nav>
      </header>
      <main>{match ? <match.screen.view rest={match.rest} params={place.params} /> : <p>There is no such page here.</p>}</main>
    </>
  );
}
