import { PageSentence } from '../../components/PageSentence.tsx';
import { useWords } from '../../words/use-words.tsx';

export function ClustersPage() {
  const { t } = useWords();
  return <PageSentence>{t('shell.clusters')}</PageSentence>;
}
