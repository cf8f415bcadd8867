import { Suspense, useEffect, useState } from 'react';
import { Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useUser } from '../access/use-session.ts';
import { useLive } from '../stream/use-live.tsx';
import { useWords } from '../words/use-words.tsx';
import { ConnectionBanner } from './ConnectionBanner.tsx';
import styles from './Shell.module.css';
import { SideNav } from './SideNav.tsx';
import { TabBar } from './TabBar.tsx';
import { TopBar } from './TopBar.tsx';
import { useKeyboard } from './use-keyboard.ts';
import { useSessionWatch } from './use-session-watch.ts';
import { useShellCluster } from './use-shell-cluster.ts';
import { lazyPart } from './load-part.ts';

const Palette = lazyPart(() => import('./Palette.tsx').then((module) => module.Palette));
const HelpDialog = lazyPart(() => import('./HelpDialog.tsx').then((module) => module.HelpDialog));

/** The frame around every page of a signed-in person. */
export function Shell() {
  const user = useUser();
  useSessionWatch();
  return user === null ? <ToSignIn /> : <Frame />;
}

/** Leads to the sign-in page once, remembering where one was: the address changes while this is still on screen. */
function ToSignIn() {
  const navigate = useNavigate();
  const [next] = useState(useLocation().href);
  useEffect(() => {
    void navigate({ to: '/sign-in', search: { next }, replace: true });
  }, [navigate, next]);
  return null;
}

type Floating = 'palette' | 'help' | null;

function Frame() {
  const { t } = useWords();
  const { stream } = useLive();
  const { id, summary } = useShellCluster();
  const { pathname } = useLocation();
  const [menuOpenAt, openMenuAt] = useState<string | null>(null);
  const [floating, float] = useState<Floating>(null);
  useKeyboard({ cluster: id, onPalette: () => float('palette'), onHelp: () => float('help') });
  useEffect(() => {
    stream.start();
    return stream.stop;
  }, [stream]);
  // The menu belongs to the page it was opened on, so that following a link closes it.
  const menuOpen = menuOpenAt === pathname;
  return (
    <div className={styles.app}>
      <a href="#page" className={styles.skip}>
        {t('shell.skip')}
      </a>
      <header className={styles.top}>
        <TopBar
          id={id}
          summary={summary}
          menuOpen={menuOpen}
          onMenu={() => openMenuAt(menuOpen ? null : pathname)}
          onSearch={() => float('palette')}
        />
      </header>
      <aside id="side" className={styles.side} data-open={menuOpen || undefined}>
        <SideNav id={id} summary={summary} />
      </aside>
      <div className={styles.body}>
        <ConnectionBanner />
        {summary?.tls === 'unverified' ? <p className={styles.tls}>{t('shell.unverifiedTls')}</p> : null}
        <main id="page" tabIndex={-1} className={styles.page}>
          <Outlet />
        </main>
      </div>
      {id === null ? null : <TabBar id={id} summary={summary} />}
      <Suspense fallback={null}>
        {floating === 'palette' ? <Palette cluster={id} onClose={() => float(null)} /> : null}
        {floating === 'help' ? <HelpDialog onClose={() => float(null)} /> : null}
      </Suspense>
    </div>
  );
}
