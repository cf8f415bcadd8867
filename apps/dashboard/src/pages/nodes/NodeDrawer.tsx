import { Drawer } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { countSlots, printSlotRanges } from '@slotdeck/model/slot-ranges';
import { findNode, shardOfNode, type Disagreement, type Topology, type TopologyNode } from '@slotdeck/model/topology';
import { explainViewProblem } from '../../api/explain-view-problem.ts';
import { nodeName } from '../../api/explain-finding.ts';
import { StaleMark } from '../../components/Age.tsx';
import { LinkButton } from '../../components/LinkButton.tsx';
import { NodeBadge } from '../../components/NodeBadge.tsx';
import { ShardSwatch } from '../../components/ShardSwatch.tsx';
import { NODE_LOOK } from '../../components/state-look.ts';
import { StateBadge } from '../../components/StateBadge.tsx';
import { freshness } from '../../stream/freshness.ts';
import { printBytes, printCount, printRate, printShare, printSlots } from '../../words/format-number.ts';
import { printDuration } from '../../words/format-time.ts';
import { useWords } from '../../words/use-words.tsx';
import { useClusterPage } from '../cluster/cluster-page.tsx';
import { notForNode, OF_A_NODE } from '../change/change-kinds.ts';
import styles from './NodesPage.module.css';

/** All that is known of one node, and who says so. */
export function NodeDrawer({ node, onClose }: { node: TopologyNode; onClose: () => void }) {
  const { t } = useWords();
  const { id, live } = useClusterPage();
  const { topology } = live;
  if (topology === null) return null;
  const shard = shardOfNode(topology, node.id);
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size={460}
      title={<NodeBadge node={node} />}
      closeButtonProps={{ 'aria-label': t('shell.close') }}
    >
      <p className={styles.state}>
        <StateBadge look={NODE_LOOK[node.health]} chip />
        {shard === undefined ? null : <ShardSwatch index={shard.index} named />}
      </p>
      <Changes node={node} />
      <Says node={node} />
      <Others node={node} topology={topology} />
      <Place node={node} topology={topology} />
      {node.slots.length === 0 ? null : (
        <LinkButton
          to="/clusters/$clusterId/slots"
          params={{ clusterId: id }}
          search={{ slots: printSlotRanges(node.slots.slice(0, 50)) }}
        >
          {t('nodes.showSlots')}
        </LinkButton>
      )}
      <Replication node={node} />
      <Numbers node={node} />
      <Identity node={node} />
    </Drawer>
  );
}

/** What can be planned for this node; what cannot stays and says why. */
function Changes({ node }: { node: TopologyNode }) {
  const { t } = useWords();
  const { id: clusterId } = useClusterPage();
  return (
    <ul className={styles.changes} aria-label={t('change.of')}>
      {OF_A_NODE.map((kind) => {
        const why = notForNode(kind, node);
        const title = t(`change.title.${kind}`);
        return (
          <li key={kind}>
            {why === null ? (
              <Link
                className="sd-link"
                to="/clusters/$clusterId/change"
                params={{ clusterId }}
                search={{ kind, node: node.id }}
              >
                {title}
              </Link>
            ) : (
              <span className="sd-3">{t('change.offHere', { change: title, why: t(`change.off.${why}`) })}</span>
            )}
          </li>
        );
      })}
    </ul>
  );
}

function Facts({ title, aside, children }: { title: string; aside?: ReactNode; children: ReactNode }) {
  return (
    <section className={styles.facts}>
      <h3>
        {title} {aside}
      </h3>
      <dl>{children}</dl>
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  const { t } = useWords();
  const known = children !== null && children !== undefined && children !== '';
  return (
    <div>
      <dt>{name}</dt>
      <dd>{known ? children : <span className="sd-3">{t('states.notKnown')}</span>}</dd>
    </div>
  );
}

function Says({ node }: { node: TopologyNode }) {
  const words = useWords();
  const { t } = words;
  const { view } = node;
  if (view.state === 'answered') {
    return (
      <Facts title={t('nodes.says')}>
        <Fact name={t('nodes.clusterState')}>
          {view.clusterState === null ? null : (
            <span className={view.clusterState === 'fail' ? 'sd-danger' : ''}>{view.clusterState}</span>
          )}
        </Fact>
        <Fact name={t('nodes.currentEpoch')}>{view.currentEpoch === null ? null : String(view.currentEpoch)}</Fact>
      </Facts>
    );
  }
  if (view.state === 'not-asked') return <p className={styles.problem}>{t('nodes.notAsked')}</p>;
  const { seen, toTry, raw } = explainViewProblem(view.problem, node.name, words);
  return (
    <div className={styles.problem}>
      <p className="sd-strong">{seen}</p>
      <p className="sd-2">{toTry}</p>
      {raw === null ? null : <p className="sd-mono sd-3">{raw}</p>}
    </div>
  );
}

function Others({ node, topology }: { node: TopologyNode; topology: Topology }) {
  const { t } = useWords();
  const said = topology.disagreements.filter(({ subject }) => subject === node.id);
  const who = (ids: readonly string[]): string =>
    ids.length === 0
      ? t('nodes.nobody')
      : t('nodes.ofNodes', {
          n: ids.length,
          known: topology.nodes.length,
          names: ids.map((id) => nodeName(id, topology)).join(', '),
        });
  return (
    <Facts title={t('nodes.othersSay')}>
      <Fact name={t('nodes.failedBy')}>{who(node.failedBy)}</Fact>
      <Fact name={t('nodes.suspectedBy')}>{who(node.suspectedBy)}</Fact>
      <Fact name={t('nodes.unlinkedFrom')}>{who(node.unlinkedFrom)}</Fact>
      <Fact name={t('nodes.unknownTo')}>{who(node.unknownTo)}</Fact>
      <Fact name={t('nodes.flags')}>
        <span className="sd-mono" title={t('nodes.flagsHint')}>
          {node.flags.join(', ')}
        </span>
      </Fact>
      {said.map((each) => (
        <Differing key={each.about} disagreement={each} topology={topology} />
      ))}
    </Facts>
  );
}

function Differing({
  disagreement: { about, opinions },
  topology,
}: {
  disagreement: Disagreement;
  topology: Topology;
}) {
  const { t } = useWords();
  return (
    <Fact name={about}>
      <span className="sd-warn">
        {opinions
          .map(({ value, observers }) =>
            t('nodes.opinion', {
              value: about === 'primary' ? nodeName(value, topology) : value,
              names: observers.map((id) => nodeName(id, topology)).join(', '),
            }),
          )
          .join('; ')}
      </span>
    </Fact>
  );
}

function Place({ node, topology }: { node: TopologyNode; topology: Topology }) {
  const { t } = useWords();
  const shard = shardOfNode(topology, node.id);
  const primary = node.primaryId === null ? undefined : findNode(topology, node.primaryId);
  const replicas = shard?.replicaIds.map((id) => nodeName(id, topology)).join(', ') ?? '';
  return (
    <Facts title={t('nodes.place')}>
      <Fact name={t('nodes.role')}>{t(`states.role.${node.role}`)}</Fact>
      {node.role === 'replica' ? <Fact name={t('nodes.primary')}>{primary?.name ?? null}</Fact> : null}
      {node.role === 'primary' ? (
        <Fact name={t('nodes.replicas')}>{replicas === '' ? t('nodes.nobody') : replicas}</Fact>
      ) : null}
      <Fact name={t('nodes.configEpoch')}>{node.configEpoch === null ? null : String(node.configEpoch)}</Fact>
      <Fact name={t('nodes.slots')}>
        {node.slots.length === 0
          ? t('nodes.noSlots')
          : t('nodes.slotsOf', { n: countSlots(node.slots), ranges: printSlots(node.slots, 6) })}
      </Fact>
    </Facts>
  );
}

function Replication({ node }: { node: TopologyNode }) {
  const { t } = useWords();
  const { live } = useClusterPage();
  const stats = live.stats.find((each) => each.id === node.id);
  if (node.replication === null && node.role !== 'replica') return null;
  const { link = null, syncing = false } = node.replication ?? {};
  return (
    <Facts title={t('nodes.replication')}>
      {node.role === 'replica' ? (
        <>
          <Fact name={t('nodes.link')}>
            {link === null ? null : (
              <span className={link === 'down' ? 'sd-warn' : ''}>
                {t(link === 'up' ? 'nodes.linkUp' : 'nodes.linkDown')}
              </span>
            )}
          </Fact>
          <Fact name={t('nodes.syncing')}>{t(syncing ? 'nodes.yes' : 'nodes.no')}</Fact>
          <Fact name={t('nodes.lag')}>{stats?.replicaLagBytes == null ? null : printBytes(stats.replicaLagBytes)}</Fact>
        </>
      ) : null}
      <Fact name={t('nodes.offset')}>
        {stats?.replicationOffset == null ? null : printCount(stats.replicationOffset)}
      </Fact>
    </Facts>
  );
}

function Numbers({ node }: { node: TopologyNode }) {
  const words = useWords();
  const { t } = words;
  const { live, now } = useClusterPage();
  const stats = live.stats.find((each) => each.id === node.id);
  const printed = (value: number | null | undefined, print: (value: number) => string): string | null =>
    value == null ? null : print(value);
  return (
    <Facts
      title={t('nodes.numbers')}
      aside={stats === undefined ? undefined : <StaleMark freshness={freshness(stats.at, now)} now={now} />}
    >
      <Fact name={t('nodes.columnCommands')}>{printed(stats?.commandsPerSecond, printRate)}</Fact>
      <Fact name={t('nodes.columnKeys')}>{printed(stats?.keys, printCount)}</Fact>
      <Fact name={t('nodes.memory')}>{printed(stats?.usedMemoryBytes, printBytes)}</Fact>
      <Fact name={t('nodes.memoryLimit')}>{printed(stats?.maxMemoryBytes, printBytes) ?? t('nodes.noLimit')}</Fact>
      <Fact name={t('nodes.columnClients')}>{printed(stats?.clients, printCount)}</Fact>
      <Fact name={t('nodes.cpu')}>{printed(stats?.cpu, printShare)}</Fact>
      <Fact name={t('nodes.networkIn')}>
        {printed(stats?.networkInBytesPerSecond, (bytes) => `${printBytes(bytes)}/s`)}
      </Fact>
      <Fact name={t('nodes.networkOut')}>
        {printed(stats?.networkOutBytesPerSecond, (bytes) => `${printBytes(bytes)}/s`)}
      </Fact>
      <Fact name={t('nodes.uptime')}>
        {printed(stats?.uptimeSeconds, (seconds) => printDuration(seconds * 1000, words))}
      </Fact>
    </Facts>
  );
}

function Identity({ node }: { node: TopologyNode }) {
  const { t } = useWords();
  const flavour = node.server?.flavour === 'valkey' ? 'Valkey' : 'Redis';
  return (
    <Facts title={t('nodes.identity')}>
      <Fact name={t('nodes.id')}>
        <span className="sd-mono">{node.id}</span>
      </Fact>
      <Fact name={t('nodes.address')}>{node.port === 0 ? null : `${node.host}:${node.port}`}</Fact>
      <Fact name={t('nodes.busPort')}>{node.busPort === null ? null : String(node.busPort)}</Fact>
      {node.hostname === null ? null : <Fact name={t('nodes.hostname')}>{node.hostname}</Fact>}
      {node.zone === null ? null : <Fact name={t('nodes.zone')}>{node.zone}</Fact>}
      <Fact name={t('nodes.version')}>
        {node.server === null ? null : t('overview.server', { flavour, version: node.server.version })}
      </Fact>
    </Facts>
  );
}
