import { IconCloudOff, IconRefresh } from '../icons.ts';
import type { ConnectionNews } from '../stream/live.ts';
import { useConnection, useLive, useNow } from '../stream/use-live.tsx';
import { useWords } from '../words/use-words.tsx';
import type { Words } from '../words/words.ts';
import styles from './ConnectionBanner.module.css';

/** How long "resumed" stays: long enough to be read, short enough not to be in the way. */
const RESUMED_SHOWN_MS = 6000;

type Banner = { tone: 'ok' | 'warn' | 'danger'; text: string; action: 'reload' | 'try-now' | null };

/** What the banner says, or null while all is well. `now` by this browser's clock. */
export function bannerOf({ connection, lost, resumedAt }: ConnectionNews, now: number, { t }: Words): Banner | null {
  if (connection.state === 'ended') {
    return connection.reason === 'protocol'
      ? { tone: 'danger', text: t('shell.protocolMismatch'), action: 'reload' }
      : null;
  }
  if (lost) {
    const n = connection.state === 'waiting' ? Math.ceil((connection.retryAt - now) / 1000) : 0;
    return { tone: 'warn', text: n > 0 ? t('shell.lost', { n }) : t('shell.lostNow'), action: 'try-now' };
  }
  if (resumedAt !== null && now - resumedAt < RESUMED_SHOWN_MS) {
    return { tone: 'ok', text: t('shell.resumed'), action: null };
  }
  return null;
}

/** Says that the stream is lost, when it is tried again, and that it is back. Its region is always in the page. */
export function ConnectionBanner() {
  const words = useWords();
  const { stream } = useLive();
  const news = useConnection();
  const now = useNow(500) - news.clockAhead;
  const banner = bannerOf(news, now, words);
  const tone = banner?.tone ?? null;
  return (
    <div className={styles.bar} data-tone={tone ?? 'none'}>
      {banner === null ? null : tone === 'ok' ? <IconRefresh aria-hidden /> : <IconCloudOff aria-hidden />}
      {/* Always there: a screen reader announces only what changes in a region that it knew. */}
      <span role="status">{banner === null ? '' : banner.text}</span>
      <span className="sd-grow" />
      {banner?.action === 'try-now' ? (
        <button type="button" onClick={stream.tryNow} disabled={news.connection.state !== 'waiting'}>
          {words.t('shell.tryNow')}
        </button>
      ) : null}
      {banner?.action === 'reload' ? (
        <button type="button" onClick={() => location.reload()}>
          {words.t('shell.reload')}
        </button>
      ) : null}
    </div>
  );
}
