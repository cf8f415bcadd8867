import { PageSentence } from '../../components/PageSentence.tsx';
import { useWords } from '../../words/use-words.tsx';

export function SignInPage() {
  const { t } = useWords();
  return <PageSentence>{t('shell.product')}</PageSentence>;
}
