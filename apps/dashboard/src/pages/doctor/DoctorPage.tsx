import { PageSentence } from '../../components/PageSentence.tsx';
import { useWords } from '../../words/use-words.tsx';

export function DoctorPage() {
  const { t } = useWords();
  return <PageSentence>{t('shell.doctor')}</PageSentence>;
}
