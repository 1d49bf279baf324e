import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import mqtt from 'mqtt';

import { BrokerSettings, negotiateVersion } from '../../../connectors/mqtt/broker';
import { Publisher } from '../../../connectors/mqtt/publisher';
import { Subscription, type SubscriptionSettings } from '../../../connectors/mqtt/subscription';
import { eventOf } from '../../../core/events/event';
import { Outbox } from '../../../core/events/outbox';
import type { IncomingMessage } from '../../../core/ports/eventTransport';
import type { Database } from '../../../core/store/database';
import { openStore } from '../../../core/store/open';
import { until } from '../../e2e/harness/until';

/** A broker that the suite may stop and start again at the same address. */
export interface BrokerUnderTest {
	url: string;
	/** how publisher and subscription get there, where that is not the address itself */
	way?: Partial<BrokerSettings>;
	start(): Promise<void>;
	stop(): Promise<void>;
	/** as a power cut does: it loses sessions and messages that it had not written to disk */
	kill(): Promise<void>;
}

/** What publisher and subscription promise, whatever the broker. */
export function describeMqtt(
	name: string,
	createBroker: () => Promise<BrokerUnderTest>,
	version: 4 | 5,
): void {
	describe(`MQTT over ${name}`, () => {
		let folder: string;
		let database: Database;
		let broker: BrokerUnderTest;
		let settings: BrokerSettings;
		const closing: Array<() => Promise<unknown>> = [];
		let names = 0;

		beforeAll(async () => {
			folder = await mkdtemp(join(tmpdir(), 'erp-bridge-mqtt-'));
			database = await openStore({ kind: 'sqlite', file: join(folder, 'state.sqlite') });
			broker = await createBroker();
			await broker.start();
			const { hostname, port } = new URL(broker.url);
			settings = BrokerSettings.parse({ host: hostname, port, ...broker.way });
		}, 60_000);
		afterEach(async () => {
			for (const close of closing.splice(0)) await close();
		});
		afterAll(async () => {
			await broker.stop();
			await database.close();
			await rm(folder, { recursive: true });
		});

		const event = (key: string, sequence = 1) =>
			eventOf({
				system: 'test-erp',
				entity: 'salesOrder',
				change: 'changed',
				key,
				sequence,
				record: { key, state: 'confirmed', lines: [] },
				changedAt: '2026-01-05T08:00:00.000Z',
			});

		const publisher = () => {
			const created = new Publisher(settings, 'auto', new Outbox(database, `${name}-${(names += 1)}`));
			closing.push(async () => await created.close());
			return created;
		};

		interface Received {
			keys: string[];
			until(count: number): Promise<void>;
			subscription: Subscription;
		}

		const topics = new Map<string, string[]>();
		const subscribe = async (
			change: Partial<SubscriptionSettings>,
			accept?: (messages: IncomingMessage[]) => Promise<void>,
		): Promise<Received> => {
			const clientId = change.clientId ?? `test-${name}-${(names += 1)}`;
			const keys: string[] = [];
			let wake: () => void = () => undefined;
			const subscription = new Subscription(
				{
					broker: settings,
					clientId,
					topics: ['erp/#'],
					protocol: 'auto',
					sessionExpirySeconds: 3_600,
					receiveMaximum: 100,
					ignoreRetained: false,
					persistent: true,
					background: false,
					...change,
				},
				async (messages) => {
					await accept?.(messages);
					keys.push(...messages.map(({ topic }) => topic.split('/').at(-1) ?? ''));
					wake();
				},
				{
					load: async () => topics.get(clientId) ?? [],
					save: async (list) => void topics.set(clientId, list),
				},
				() => undefined,
			);
			closing.push(async () => await subscription.close());
			await subscription.open();
			return {
				keys,
				subscription,
				async until(count) {
					while (keys.length < count) {
						const { promise, resolve } = Promise.withResolvers<void>();
						wake = resolve;
						await promise;
					}
				},
			};
		};
		const topic = (prefix: string, key: string) => `${prefix}/test-erp/salesOrder/changed/${key}`;

		test(`speaks version ${version}`, async () => {
			expect(await negotiateVersion(settings, 'auto')).toBe(version);
		});

		test('what is published arrives, in the order given', async () => {
			const received = await subscribe({ topics: ['order/#'] });
			const events = Array.from({ length: 300 }, (_, index) => ({
				topic: topic('order', `K${index}`),
				event: event(`K${index}`),
			}));
			const outcomes = await publisher().publish(events, 10_000);
			expect(outcomes.every(({ confirmed }) => confirmed)).toBe(true);
			await received.until(300);
			expect(received.keys).toEqual(events.map((_, index) => `K${index}`));
		});

		test('while the broker is away events wait in the outbox, and go out when it is back', async () => {
			const outbox = new Outbox(database, `${name}-away`);
			const sender = new Publisher(settings, 'auto', outbox);
			closing.push(async () => await sender.close());
			await broker.stop();
			const [outcome] = await sender.publish([{ topic: topic('away', 'A'), event: event('A') }], 50);
			expect(outcome).toMatchObject({ confirmed: false, reason: expect.stringMatching(/broker/) });
			expect(await outbox.state()).toMatchObject({ waiting: 1 });
			await broker.start();
			const received = await subscribe({ topics: ['away/#'] });
			const [later] = await sender.publish([{ topic: topic('away', 'B'), event: event('B') }], 10_000);
			expect(later).toEqual({ confirmed: true });
			await until('B to arrive', () => received.keys.includes('B'));
			// Seconds after a connection was lost, what was confirmed is sent once more.
			await until('the outbox to be empty', async () => (await outbox.state()).waiting === 0);
		});

		test('what could not be stored is not acknowledged, and comes again', async () => {
			const clientId = `keeps-${name}`;
			const refused = Promise.withResolvers<void>();
			const first = await subscribe({ clientId, topics: ['unstored/#'] }, async () => {
				refused.resolve();
				throw new Error('the store is away');
			});
			const sent = publisher().publish([{ topic: topic('unstored', 'A'), event: event('A') }], 5_000);
			await refused.promise;
			await sent;
			await first.subscription.close();
			const second = await subscribe({ clientId, topics: ['unstored/#'] });
			await second.until(1);
			expect(second.keys).toEqual(['A']);
		});

		test('events that come while the consumer is away wait with the broker', async () => {
			const clientId = `away-${name}`;
			const first = await subscribe({ clientId, topics: ['absent/#'] });
			await first.subscription.close();
			const events = Array.from({ length: 50 }, (_, index) => ({
				topic: topic('absent', `K${index}`),
				event: event(`K${index}`),
			}));
			await publisher().publish(events, 10_000);
			const second = await subscribe({ clientId, topics: ['absent/#'] });
			await second.until(50);
			expect(second.keys).toHaveLength(50);
		});

		test('what the broker confirmed and then lost by dying is sent again', async () => {
			const clientId = `dies-${name}`;
			await (await subscribe({ clientId, topics: ['lost/#'] })).subscription.close();
			const sender = publisher();
			const [outcome] = await sender.publish([{ topic: topic('lost', 'A'), event: event('A') }], 5_000);
			expect(outcome).toEqual({ confirmed: true });
			await broker.kill();
			await broker.start();
			const received = await subscribe({ clientId, topics: ['lost/#'] });
			await received.until(1);
			expect(received.keys).toContain('A');
		}, 30_000);

		test('a changed topic replaces the old one', async () => {
			const clientId = `moves-${name}`;
			await (await subscribe({ clientId, topics: ['old/#'] })).subscription.close();
			const received = await subscribe({ clientId, topics: ['new/#'] });
			const sender = publisher();
			await sender.publish([{ topic: topic('old', 'A'), event: event('A') }], 5_000);
			await sender.publish([{ topic: topic('new', 'B'), event: event('B') }], 5_000);
			await received.until(1);
			expect([...new Set(received.keys)]).toEqual(['B']);
		});

		test('a retained message is processed or ignored, as chosen', async () => {
			const client = await mqtt.connectAsync(broker.url);
			await client.publishAsync('kept/retained', 'x', { qos: 1, retain: true });
			const processing = await subscribe({ topics: ['kept/#'] });
			await processing.until(1);
			const ignoring = await subscribe({ topics: ['kept/#'], ignoreRetained: true });
			await client.publishAsync('kept/fresh', 'y', { qos: 1 });
			await ignoring.until(1);
			expect(ignoring.keys).toEqual(['fresh']);
			await client.publishAsync('kept/retained', '', { qos: 1, retain: true });
			await client.endAsync();
		});

		test('more messages than may be unacknowledged are held back, not lost', async () => {
			const gate = Promise.withResolvers<void>();
			const received = await subscribe(
				{ topics: ['many/#'], receiveMaximum: 10 },
				async () => await gate.promise,
			);
			const events = Array.from({ length: 200 }, (_, index) => ({
				topic: topic('many', `K${index}`),
				event: event(`K${index}`),
			}));
			await publisher().publish(events, 10_000);
			gate.resolve();
			await received.until(200);
			expect(new Set(received.keys).size).toBe(200);
		});

		test('an unreachable broker is named, without its password', async () => {
			const nowhere = BrokerSettings.parse({ host: '127.0.0.1', port: 1, username: 'u', password: 'secret' });
			const attempt = subscribe({ broker: nowhere });
			await expect(attempt).rejects.toThrow(/mqtt:\/\/127\.0\.0\.1:1 can't be reached/);
			await expect(attempt).rejects.not.toThrow(/secret/);
		});
	});
}
