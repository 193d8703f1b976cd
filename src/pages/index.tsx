/** The home page: what Malha does, the ways in, where commands run, and how to start. */
import Link from '@docusaurus/Link';
import Translate, { translate } from '@docusaurus/Translate';
import Heading from '@theme/Heading';
import Layout from '@theme/Layout';
import type { ReactNode } from 'react';
import { Icon } from '../components/Icon';
import { MeshDrawing } from '../components/MeshDrawing';
import styles from './index.module.css';

export default function Home(): ReactNode {
  return (
    <Layout
      description={translate({
        id: 'home.description',
        message:
          'A service-mesh guide in which everything you read, you can run: Istio on Kubernetes, in a terminal on the page.',
      })}
    >
      <main>
        <Hero />
        <Ways />
        <Places />
        <Start />
      </main>
    </Layout>
  );
}

function Hero(): ReactNode {
  return (
    <section className={styles.hero}>
      <div className={styles.heroInner}>
        <div>
          <Heading as="h1" className={styles.title}>
            <Translate id="home.title">A service-mesh guide in which everything you read, you can run</Translate>
          </Heading>
          <p className={styles.lead}>
            <Translate id="home.lead">
              Malha explains what a service mesh is and walks you through Istio on Kubernetes. Each command on a page
              runs in a terminal on that page, against a cluster on your own machine.
            </Translate>
          </p>
          <p className={styles.actions}>
            <Link className={styles.primary} to="/concepts/service-mesh/">
              <Translate id="home.startReading">Start reading</Translate>
              <Icon name="arrow" />
            </Link>
            <Link className={styles.secondary} to="/install/">
              <Translate id="home.startRunning">Go to the commands that run</Translate>
            </Link>
          </p>
        </div>
        <Sample />
      </div>
    </section>
  );
}

/** One step as it looks on a page, drawn: the real ones are on the Installation page. */
function Sample(): ReactNode {
  return (
    <figure className={styles.sample}>
      <MeshDrawing />
      <div className={styles.step}>
        <div className={styles.stepHead}>
          <code>kubectl get pods -n ucontas-app</code>
          <span className={styles.passed}>
            <Icon name="check" />
            <Translate id="run.passed">Passed</Translate>
          </span>
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <pre className={styles.output} tabIndex={0}>
          {`NAME                        READY   STATUS    RESTARTS
accounts-6f7c9d5b8d-x4k2w   `}
          <b>2/2</b>
          {`     Running   0
ledger-5d8b7f9c64-9mzqt     `}
          <b>2/2</b>
          {`     Running   0
payments-7c6d8f5b9b-tq7vx   `}
          <b>2/2</b>
          {`     Running   0`}
        </pre>
      </div>
      <figcaption className={styles.caption}>
        <Translate id="home.caption">
          2/2: after one label and a restart, a proxy runs beside each service. You do this on the Installation page.
        </Translate>
      </figcaption>
    </figure>
  );
}

interface Way {
  to: string;
  title: string;
  text: string;
  note: string;
}

function Ways(): ReactNode {
  const ways: Way[] = [
    {
      to: '/concepts/',
      title: translate({ id: 'home.concepts.title', message: 'Read the concepts' }),
      text: translate({
        id: 'home.concepts.text',
        message:
          'What a service mesh is, what a sidecar does, and each problem that leaves your code: configuration, monitoring, policy, observability.',
      }),
      note: translate({ id: 'home.concepts.note', message: 'On any device, nothing to install' }),
    },
    {
      to: '/install/',
      title: translate({ id: 'home.install.title', message: 'Run the installation' }),
      text: translate({
        id: 'home.install.text',
        message:
          'From an empty cluster to a small bank in a mesh: install Istio, label a namespace, restart the pods, look at it in Kiali, remove everything.',
      }),
      note: translate({ id: 'home.install.note', message: 'About 15 minutes, with Run buttons' }),
    },
    {
      to: '/reference/commands/',
      title: translate({ id: 'home.commands.title', message: 'Look up a command' }),
      text: translate({
        id: 'home.commands.text',
        message: 'Every command of the guide: its general form, an example that runs, and what it prints.',
      }),
      note: translate({ id: 'home.commands.note', message: 'kubectl, istioctl and their short forms' }),
    },
  ];
  return (
    <section className={styles.section}>
      <Heading as="h2" className={styles.heading}>
        <Translate id="home.ways">Three ways in</Translate>
      </Heading>
      <div className={styles.ways}>
        {ways.map((way) => (
          <Link key={way.to} className={styles.way} to={way.to}>
            <span className={styles.wayTitle}>
              {way.title}
              <Icon name="arrow" />
            </span>
            <span>{way.text}</span>
            <span className={styles.note}>{way.note}</span>
          </Link>
        ))}
      </div>
    </section>
  );
}

function Places(): ReactNode {
  return (
    <section className={styles.section}>
      <Heading as="h2" className={styles.heading}>
        <Translate id="home.places">Where commands run</Translate>
      </Heading>
      <div className={styles.places}>
        <div>
          <Heading as="h3">
            <Translate id="home.embedded.title">Embedded cluster, simulated</Translate>
          </Heading>
          <p>
            <Translate id="home.embedded.text">
              Needs Node.js and nothing else, and starts in about a second. Shell, kubectl, helm and the Kubernetes API
              that they talk to are real. The programs inside the containers, istiod and the proxies among them, are
              simulated, and say so; calls don't pass through those proxies yet. What the simulation does not do fails
              with a clear error, or is stored with a warning.
            </Translate>
          </p>
        </div>
        <div>
          <Heading as="h3">
            <Translate id="home.kind.title">kind, the real thing</Translate>
          </Heading>
          <p>
            <Translate id="home.kind.text">
              Where Docker and kind are installed, the same pages run against a real Kubernetes cluster with the real
              Istio. The panel with the terminal always says which of the two you are on.
            </Translate>
          </p>
        </div>
      </div>
      <p>
        <Link to="/reference/backends/">
          <Translate id="home.places.more">More on where commands run</Translate>
        </Link>
      </p>
    </section>
  );
}

function Start(): ReactNode {
  return (
    <section className={styles.section}>
      <Heading as="h2" className={styles.heading}>
        <Translate id="home.start">Two commands</Translate>
      </Heading>
      <dl className={styles.commands}>
        <div>
          <dt>
            <code>npm start</code>
          </dt>
          <dd>
            <Translate id="home.start.start">
              In a copy of Malha, with Node.js 20.19 or later: installs what is missing, builds the pages, starts the
              lab and opens it in your browser. Everything stays on your machine.
            </Translate>
          </dd>
        </div>
        <div>
          <dt>
            <code>npm test</code>
          </dt>
          <dd>
            <Translate id="home.start.test">
              Checks the whole guide the way you use it: a real browser presses the Run buttons in both languages.
            </Translate>
          </dd>
        </div>
      </dl>
    </section>
  );
}
