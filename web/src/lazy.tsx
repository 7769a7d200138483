// Screens and sheets that come with a file of their own once somebody opens them: the first load has what the first clip needs.
import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { t } from './i18n';
import { dataSaver } from './settings/device';
import { Failed, Spinner } from './shell/states';

type Load<P> = () => Promise<ComponentType<P>>;

const soon: Load<never>[] = [];

/** What people are likely to open next is fetched while nothing else is to do, so that it opens at once. */
export function warmUp(): void {
  if (dataSaver.get()) return;
  const next = () => {
    const load = soon.shift();
    if (load) void load().then(rest, () => undefined);
  };
  const rest = () => {
    if ('requestIdleCallback' in window) requestIdleCallback(next, { timeout: 4000 });
    else setTimeout(next, 500);
  };
  rest();
}

interface Options { soon?: boolean; waiting?: JSX.Element | null }

/** The component that `load` brings; until then `waiting`, and what to do when it does not come. */
export function lazy<P extends object>(load: Load<P>, { soon: likely, waiting = <Spinner /> }: Options = {}): ComponentType<P> {
  let Ready: ComponentType<P> | undefined;
  const fetched = async () => Ready ??= await load();
  if (likely) soon.push(fetched as Load<never>);
  return function Lazy(props: P) {
    const [, drawAgain] = useState(0);
    const [error, setError] = useState<unknown>();
    const Shown = Ready;
    // It may have come between this drawing and the effect, fetched ahead by somebody else: then nobody else would draw again.
    useEffect(() => {
      if (!Shown) fetched().then(() => drawAgain(1), setError);
    }, []);
    if (Shown) return <Shown {...props} />;
    // The server may be of a newer version by now: then another page names other files.
    return error ? <Failed title={t('app.chunk_failed')} error={error} retry={() => location.reload()} /> : waiting;
  };
}
