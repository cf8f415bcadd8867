import { PageSentence } from '../../components/PageSentence.tsx';
import { useWords } from '../../words/use-words.tsx';

export function OverviewPage() {
  const { t } = useWords();
  return <PageSentence>{t('shell.overview')}</PageSentence>;
}
