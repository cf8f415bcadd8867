import { Link } from '@tanstack/react-router';
import type { Finding } from '@slotdeck/model/finding';
import type { ClusterId } from '@slotdeck/model/ids';
import { printSlotRanges } from '@slotdeck/model/slot-ranges';
import type { Topology } from '@slotdeck/model/topology';
import { explainEvidence, explainFinding, nodeName } from '../api/explain-finding.ts';
import { printDuration, printMoment } from '../words/format-time.ts';
import { useWords } from '../words/use-words.tsx';
import styles from './FindingList.module.css';
import { LinkButton } from './LinkButton.tsx';
import { SEVERITY_LOOK } from './state-look.ts';
import { StateIcon } from './StateBadge.tsx';

interface FindingProps {
  finding: Finding;
  topology: Topology | null;
  clusterId: ClusterId;
  now: number;
}

/** One line per finding: what, what follows, since when, one next step. */
export function FindingRow({
  finding,
  topology,
  clusterId,
  now,
  evidence = false,
}: FindingProps & { evidence?: boolean }) {
  const words = useWords();
  const { title, detail, toDo } = explainFinding(finding, topology, words);
  const look = SEVERITY_LOOK[finding.severity];
  return (
    <li className={styles.finding}>
      <StateIcon look={look} />
      <div className={styles.what}>
        <p className={styles.title}>
          <span className="sd-unseen">{`${words.say(look.word, {})}: `}</span>
          {title}
        </p>
        <p className="sd-small sd-2">{detail}</p>
        {evidence ? <Evidence finding={finding} topology={topology} toDo={toDo} /> : null}
      </div>
      <p className={`${styles.since} sd-small sd-num`}>
        <span className="sd-2">{words.t('overview.since', { moment: printMoment(finding.since, now) })}</span>
        <span className="sd-3">{printDuration(now - finding.since, words)}</span>
      </p>
      <NextStep finding={finding} topology={topology} clusterId={clusterId} evidence={evidence} />
    </li>
  );
}

/** The block that replaces the page's head while something is critical: story, who says what, what to do. */
export function CriticalFinding({ finding, topology, now }: Omit<FindingProps, 'clusterId'>) {
  const words = useWords();
  const { title, detail, toDo } = explainFinding(finding, topology, words);
  return (
    <div className={styles.critical}>
      <p>
        <span className="sd-danger sd-strong">
          {words.t('overview.criticalSince', {
            moment: printMoment(finding.since, now),
            age: printDuration(now - finding.since, words),
          })}
        </span>
      </p>
      <p className={styles.story}>
        {title} {detail}
      </p>
      <Evidence finding={finding} topology={topology} toDo={toDo} />
    </div>
  );
}

function Evidence({ finding, topology, toDo }: { finding: Finding; topology: Topology | null; toDo: string }) {
  const words = useWords();
  const said = explainEvidence(finding, topology, words);
  return (
    <dl className={styles.evidence}>
      {said.length === 0 ? null : (
        <div>
          <dt>{words.t('findings.evidence')}</dt>
          <dd>
            <ul>
              {said.slice(0, 8).map((line) => (
                <li key={line}>{line}</li>
              ))}
              {said.length > 8 ? <li>{`+ ${said.length - 8}`}</li> : null}
            </ul>
          </dd>
        </div>
      )}
      <div>
        <dt>{words.t('findings.toDo')}</dt>
        <dd>{toDo}</dd>
      </div>
    </dl>
  );
}

/** The one place to go next: the slots, the node, or the evidence. */
export function NextStep({
  finding,
  topology,
  clusterId,
  evidence = false,
}: Omit<FindingProps, 'now'> & { evidence?: boolean }) {
  const { t } = useWords();
  const params = { clusterId };
  const node = finding.nodes[0];
  if (finding.slots.length > 0 && finding.code !== 'primary-without-replica') {
    const slots = printSlotRanges(finding.slots.slice(0, 50));
    return (
      <LinkButton to="/clusters/$clusterId/slots" params={params} search={{ slots }}>
        {t('findings.nextSlots')}
      </LinkButton>
    );
  }
  if (node !== undefined && !isAboutAll(finding)) {
    return (
      <LinkButton to="/clusters/$clusterId/nodes" params={params} search={{ node }}>
        {t('findings.nextNode', { node: nodeName(node, topology) })}
      </LinkButton>
    );
  }
  if (evidence) return null;
  return (
    <Link to="/clusters/$clusterId/doctor" params={params} className="sd-link sd-small">
      {t('findings.nextDoctor')}
    </Link>
  );
}

/** It names nodes as examples; none of them is the place to go. */
function isAboutAll({ facts }: Finding): boolean {
  return facts['everywhere'] === true || facts['loopback'] === true;
}
