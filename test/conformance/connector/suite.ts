import { inspect } from 'node:util';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import { canonicalEntities } from '../../../core/model/entities';
import {
	AuthenticationError,
	BridgeError,
	ConflictError,
	PermissionError,
	RateLimitError,
	UnavailableError,
} from '../../../core/ports/errors';
import type {
	ActionName,
	Actions,
	Change,
	ChangeCursor,
	EntityName,
	Outcome,
	SystemConnector,
	WriteName,
} from '../../../core/ports/systemConnector';
import { startFaultProxy, type Fault, type FaultProxy } from './faultProxy';
import type {
	Ability,
	AnyEntity,
	EntitySubject,
	ProxiedCall,
	Served,
	Subject,
	Work,
	WorkRequest,
} from './subject';

type AnySubject = EntitySubject<AnyEntity['entity']>;
type AnyRecord = Parameters<AnySubject['keyOf']>[0];
type AnyChange = Change<AnyRecord>;

type EndingFault = [name: string, fault: Fault, becomes: new (...given: never[]) => BridgeError];

/** What a busy system asks for, in seconds. */
const busyFor = 7;

/** Faults that end a call, and the error each must become. `after`: the system has done its work. */
const workFaults: EndingFault[] = [
	['a connection cut before the work', { fault: 'cut', when: 'before' }, UnavailableError],
	['a connection cut after the work', { fault: 'cut', when: 'after' }, UnavailableError],
	['half an answer', { fault: 'half-answer' }, UnavailableError],
	['truncated JSON', { fault: 'truncated-json' }, UnavailableError],
	['a page instead of an answer', { fault: 'page' }, UnavailableError],
	['HTTP 500', { fault: 'status', when: 'before', status: 500 }, UnavailableError],
	['HTTP 502 after the work', { fault: 'status', when: 'after', status: 502 }, UnavailableError],
	['HTTP 503', { fault: 'status', when: 'before', status: 503, headers: retryAfter() }, UnavailableError],
	['HTTP 429', { fault: 'status', when: 'before', status: 429, headers: retryAfter() }, RateLimitError],
];
/** A read does no work: for it, before and after are the same. */
const readFaults = workFaults.filter(([, fault]) => !('when' in fault && fault.when === 'after'));

function retryAfter(): Record<string, string> {
	return { 'retry-after': String(busyFor) };
}

/** Most calls of one operation at which the kit lets something fail, one after the other. */
const mostSteps = 40;

/** No call is given up before this many milliseconds, but for those that meet silence: a loaded machine is slow, not wrong. */
const patience = 60_000;

/** Every action that the port knows. */
const portActions: { [E in keyof Actions]: Array<ActionName<E>> } = {
	reservation: ['match'],
	salesOrder: ['confirm', 'cancel'],
	purchaseOrder: ['confirm', 'cancel'],
	delivery: ['confirm', 'cancel'],
	invoice: ['confirm', 'cancel'],
	shipment: ['ship', 'cancel'],
	receipt: ['receive', 'cancel'],
	journalEntry: ['post'],
	ledgerPeriod: ['close', 'lock', 'reopen'],
	employee: ['move', 'startLeave', 'endLeave', 'terminate', 'rehire'],
};
const portWrites: WriteName[] = ['create', 'update', 'upsert'];

/** Proves every rule of the port for one connector. `start` runs once; `entities` and `works` name what it serves. */
export function connectorConformance(name: string, served: Served, start: () => Promise<Subject>): void {
	describe(`${name} as a connected system`, () => {
		let subject: Subject;
		let proxy: FaultProxy;
		let connector: SystemConnector;
		/** through the proxy too, for calls that are never answered */
		let impatient: SystemConnector;
		/** without the proxy between */
		let direct: SystemConnector;
		const transport = axiosTransport();
		const connect = (url: string, { wrongCredential = false, timeoutMs = patience } = {}) =>
			subject.connect({ url, transport, timeoutMs, wrongCredential });

		beforeAll(async () => {
			subject = await start();
			proxy = await startFaultProxy(subject.upstream);
			connector = connect(proxy.url);
			impatient = connect(proxy.url, { timeoutMs: subject.timeoutMs ?? 2_000 });
			direct = connect(subject.upstream);
		}, 240_000);
		afterEach(() => {
			proxy?.heal();
		});
		afterAll(async () => {
			transport.close();
			await proxy?.close();
			await subject?.close();
		});

		const entityOf = (entity: string): AnySubject =>
			subject.entities.find((known) => known.entity === entity) as unknown as AnySubject;
		const workOf = (work: string): Work => subject.works.find((known) => nameOf(known) === work) as Work;
		const expectError = (error: unknown, about: { entity?: string; key?: string } = {}): BridgeError => {
			expect(error).toBeInstanceOf(BridgeError);
			const failure = error as BridgeError;
			expect(failure.subject).toMatchObject({ system: connector.system, ...about });
			expect(failure.subject.hint ?? '').not.toBe('');
			expect(failure.message).not.toBe('');
			const shown = `${inspect(failure, { depth: 10, showHidden: true })} ${JSON.stringify(failure)}`;
			if (failure instanceof RateLimitError) expect(failure.subject.retryAfterMs).toBe(busyFor * 1_000);
			for (const secret of [...subject.secrets, ...proxy.credentials]) expect(shown).not.toContain(secret);
			return failure;
		};

		test('the kit tests all that the connector offers', () => {
			const { entities } = direct.capabilities();
			const sorted = (names: string[]) => [...names].sort();
			const polled = (name: string) => served.entities[name as keyof Served['entities']]?.changes !== false;
			expect(
				Object.fromEntries(Object.entries(entities).map(([name, { changes }]) => [name, changes])),
			).toEqual(Object.fromEntries(Object.keys(served.entities).map((name) => [name, polled(name)])));
			expect(sorted(subject.entities.map(({ entity }) => entity))).toEqual(
				sorted(Object.keys(served.entities)),
			);
			const offered = Object.entries(entities).flatMap(([entity, { actions, writes = [] }]) =>
				[...actions, ...writes].map((does) => `${does} ${entity}`),
			);
			expect(sorted(Object.keys(served.works))).toEqual(sorted(offered));
			expect(sorted(subject.works.map(nameOf))).toEqual(sorted(offered));
		});

		test('the subject gives what the tests need, or a reason why not', () => {
			for (const { entity, ...given } of subject.entities) {
				const { changes, cannot = {} } = served.entities[entity] ?? {};
				const needed: Ability[] = ['make', 'remove', 'decimals'];
				if (changes !== false) needed.push('change', 'manyRecords');
				const missing = needed.filter((ability) => given[ability] === undefined);
				expect({ entity, missing: Object.keys(cannot).sort() }).toEqual({ entity, missing: missing.sort() });
			}
			const acts = Object.keys(served.works).some((name) => !isWrite(name));
			if (acts) expect(subject.ignoring).toBeDefined();
		});

		test('what it does not serve is refused in words', async () => {
			const { bulkSize, entities } = direct.capabilities();
			expect(Number.isSafeInteger(bulkSize) && bulkSize > 0).toBe(true);
			const refused = async (work: () => Promise<unknown>) => {
				const error = expectError(await failureOf((async () => await work())()));
				expect(error.retryable).toBe(false);
			};
			for (const entity of Object.keys(canonicalEntities) as EntityName[]) {
				const { changes, actions = [], writes = [] } = entities[entity] ?? { changes: false };
				if (entities[entity] === undefined) {
					await refused(() => direct.get(entity, ['1']));
					await refused(() => listed(direct, { entity }, 10));
					await refused(() => direct.describe(entity));
				}
				if (!changes) await refused(() => walk(direct, entity));
				for (const action of portActions[entity as keyof Actions] ?? []) {
					if (actions.includes(action)) continue;
					const request = { key: '1', idempotencyKey: 'kit', input: {} };
					await refused(() => direct.act(entity as 'invoice', action as 'confirm', [request]));
				}
				for (const name of portWrites) {
					if (writes.includes(name) || direct[name] === undefined) continue;
					const request = { key: '1', idempotencyKey: 'kit', draft: {}, changes: {} };
					await refused(async () => await direct[name]?.(entity as 'partner', [request as never]));
				}
			}
		});

		test('a good address and credential pass the check, a wrong credential is an AuthenticationError', async () => {
			await connector.check();
			const refused = expectError(await failureOf(connect(proxy.url, { wrongCredential: true }).check()));
			expect(refused).toBeInstanceOf(AuthenticationError);
			expect(refused.retryable).toBe(false);
		});

		test('a system that is not there is an UnavailableError', async () => {
			const error = expectError(await failureOf(connect('http://127.0.0.1:1').check()));
			expect(error).toBeInstanceOf(UnavailableError);
			expect(error.retryable).toBe(true);
		});

		test('a cursor that another made is refused', async () => {
			for (const { entity } of changing(subject, direct)) {
				expectError(await failureOf(walk(direct, entity, 'not a cursor')));
			}
		});

		/** They leave stamps ahead of every clock behind, and so come after all else. */
		const clockJumps: Array<[entity: string, title: string, work: () => Promise<void>]> = [];

		describe.each(Object.keys(served.entities))('%s', (entity) => {
			const own = () => entityOf(entity);
			const { cannot = {}, changes: polled } = served.entities[entity as EntityName] ?? {};
			/** A test that needs more of the subject than reading; left out where `cannot` gives the reason. */
			const needing = (needs: Ability[], title: string, work: () => Promise<void>): void => {
				if (needs.every((need) => cannot[need] === undefined)) test(title, work);
			};
			const ability = <A extends Ability>(name: A): NonNullable<AnySubject[A]> => {
				const given = own()[name];
				if (given === undefined) throw new Error(`the subject of ${entity} has no ${name}`);
				return given as NonNullable<AnySubject[A]>;
			};
			const make = async (count: number) => await ability('make')(count);

			test('is described by its fields', async () => {
				const fields = await direct.describe(own().entity);
				expect(fields.length).toBeGreaterThan(0);
				expect(new Set(fields.map((field) => field.name)).size).toBe(fields.length);
				for (const field of fields) expect(field.name && field.type).toBeTruthy();
			});

			needing(
				['make'],
				'is canonical, listed once each by ascending key, whatever the page size',
				async () => {
					await make(7);
					const { keyOf, schema, compare = byCodePoint } = own();
					const pages: string[][] = [];
					for (const pageSize of [2, 200]) {
						const records = await listed(direct, own(), pageSize);
						for (const record of records) expect(schema.parse(record)).toEqual(record);
						const keys = records.map(keyOf);
						expect(keys.length).toBeGreaterThan(2);
						expect(new Set(keys).size).toBe(keys.length);
						expect(keys).toEqual([...keys].sort(compare));
						pages.push(keys);
					}
					expect(pages[0]).toEqual(pages[1]);
				},
			);

			needing(['make'], 'made while a list is read takes no record away and doubles none', async () => {
				await make(5);
				const before = (await listed(direct, own(), 200)).map(own().keyOf);
				const keys: string[] = [];
				let pages = 0;
				for await (const page of direct.list(own().entity, { pageSize: 2 })) {
					keys.push(...page.map((record) => own().keyOf(record as AnyRecord)));
					pages += 1;
					if (pages < 3) await make(2);
				}
				expect(pages).toBeGreaterThan(2);
				expect(new Set(keys).size).toBe(keys.length);
				expect(before.filter((key) => !keys.includes(key))).toEqual([]);
			});

			needing(['make', 'remove'], 'removed while a list is read takes no other record with it', async () => {
				const removable = await make(9);
				const before = (await listed(direct, own(), 200)).map(own().keyOf);
				const keys: string[] = [];
				let removed: string[] = [];
				for await (const page of direct.list(own().entity, { pageSize: 2 })) {
					keys.push(...page.map((record) => own().keyOf(record as AnyRecord)));
					const read = removable.filter((key) => keys.includes(key));
					if (removed.length > 0 || read.length < 3) continue;
					removed = read.slice(0, 3);
					await ability('remove')(removed);
				}
				expect(removed).toHaveLength(3);
				expect(new Set(keys).size).toBe(keys.length);
				expect(before.filter((key) => !keys.includes(key))).toEqual([]);
				expect((await direct.get(own().entity, removed)).size).toBe(0);
				const after = (await listed(direct, own(), 200)).map(own().keyOf);
				expect(after.filter((key) => removed.includes(key))).toEqual([]);
			});

			needing(['make'], 'is found by key; an unknown key is absent and no error', async () => {
				await make(2);
				const [first, second] = await listed(direct, own(), 200);
				const { keyOf } = own();
				const keys = [first, second].map((record) => keyOf(record as AnyRecord));
				const found = await direct.get(own().entity, [
					'999999999',
					keys[1] ?? '',
					'no such key',
					keys[0] ?? '',
					keys[1] ?? '',
				]);
				expect([...found.keys()].sort()).toEqual([...keys].sort());
				expect(found.get(keys[0] ?? '')).toEqual(first);
				expect((await direct.get(own().entity, ['no such key'])).size).toBe(0);
				expect((await direct.get(own().entity, [])).size).toBe(0);
			});

			needing(['decimals'], 'keeps every decimal to its last digit', async () => {
				const { values, make: makeWith, read } = ability('decimals');
				expect(values.length).toBeGreaterThan(4);
				for (const value of values) {
					const key = await makeWith(value);
					const record = (await direct.get(own().entity, [key])).get(key);
					expect(record && read(record as never)).toBe(value);
				}
			});

			const reads = (by: SystemConnector, key: string): Array<() => Promise<unknown>> => [
				() => by.get(own().entity, [key]),
				() => listed(by, own(), 200),
				...(polled === false ? [] : [() => walk(by, own().entity)]),
			];

			test.each(readFaults)(
				'read through %s fails in words, and then goes on',
				async (_name, fault, Expected) => {
					const [record] = await listed(direct, own(), 1, 1);
					const key = own().keyOf(record as AnyRecord);
					await connector.check();
					for (const read of reads(connector, key)) {
						proxy.inject(fault);
						const error = expectError(await failureOf(read()), { entity });
						expect(proxy.heal()).toBe(1);
						expect(error).toBeInstanceOf(Expected);
						expect(error.retryable).toBe(true);
					}
					expect((await connector.get(own().entity, [key])).get(key)).toEqual(record);
				},
			);

			test('read without an answer fails in words, and then goes on', async () => {
				const [record] = await listed(direct, own(), 1, 1);
				const key = own().keyOf(record as AnyRecord);
				await impatient.check();
				const all = reads(impatient, key);
				proxy.inject({ fault: 'silence', when: 'before' }, { times: Infinity });
				const errors = await Promise.all(all.map((read) => failureOf(read())));
				expect(proxy.heal()).toBeGreaterThanOrEqual(all.length);
				for (const error of errors) {
					expect(expectError(error, { entity })).toBeInstanceOf(UnavailableError);
					expect((error as BridgeError).retryable).toBe(true);
				}
				expect((await connector.get(own().entity, [key])).get(key)).toEqual(record);
			});

			test('refused for want of a right is a PermissionError', async () => {
				await connector.check();
				proxy.inject({ fault: 'status', when: 'before', status: 403 });
				const error = expectError(await failureOf(connector.get(own().entity, ['1'])), { entity });
				expect(error).toBeInstanceOf(PermissionError);
				expect(error.retryable).toBe(false);
			});

			test('is read from a slow system', async () => {
				const [record] = await listed(direct, own(), 1, 1);
				const key = own().keyOf(record as AnyRecord);
				proxy.inject({ fault: 'slow', overMs: 200 });
				expect((await connector.get(own().entity, [key])).get(key)).toEqual(record);
				expect(proxy.heal()).toBe(1);
			});

			if (polled === false) return;

			needing(
				['make', 'manyRecords'],
				'changes: records of one timestamp over several pages are all reported, and a new look from any page misses none',
				async () => {
					const before = await walk(direct, own().entity);
					const manyRecords = ability('manyRecords');
					const keys = await make(manyRecords);
					const pages = await pagesOf(direct, own().entity, before.cursor);
					const reported = pages.flatMap((page) => page.changes);
					expect(missing(keys, reported)).toEqual([]);
					expect(pages.length).toBeGreaterThan(1);
					// The test is void unless many share a timestamp.
					const sharing = Map.groupBy(reported, ({ changedAt }) => changedAt);
					expect(Math.max(...[...sharing.values()].map((same) => same.length))).toBeGreaterThan(
						manyRecords / 2,
					);
					for (const [index, { cursor }] of pages.entries()) {
						const rest = await walk(direct, own().entity, cursor);
						const already = pages.slice(0, index + 1).flatMap((page) => page.changes);
						expect(missing(keys, [...already, ...rest.changes])).toEqual([]);
					}
					// De-duplication: what is done is not reported for ever.
					expect((await walk(direct, own().entity, pages.at(-1)?.cursor)).changes).toEqual([]);
				},
			);

			needing(
				['make', 'change', 'manyRecords'],
				'changes: what others write while pages are read is reported in the end, as it now is',
				async () => {
					const before = await walk(direct, own().entity);
					const manyRecords = ability('manyRecords');
					const keys = await make(manyRecords);
					const replica = new Map<string, unknown>();
					let cursor = before.cursor;
					let page = 0;
					for await (const { changes: found, cursor: next } of direct.changes(own().entity, cursor)) {
						for (const { key, record } of found) replica.set(key, record);
						cursor = next;
						page += 1;
						if (page > 3) continue;
						keys.push(...(await make(2)));
						await ability('change')([keys[0] ?? '', keys[page * 2] ?? '', keys[manyRecords - page] ?? '']);
					}
					expect(page).toBeGreaterThan(1);
					for (const { key, record } of (await walk(direct, own().entity, cursor)).changes)
						replica.set(key, record);
					const now = await direct.get(own().entity, keys);
					expect(now.size).toBe(keys.length);
					for (const key of keys) expect(replica.get(key)).toEqual(now.get(key));
				},
			);

			needing(
				['make', 'remove'],
				'changes: a record that was removed is never reported as there',
				async () => {
					const { cursor } = await walk(direct, own().entity);
					const keys = await make(3);
					const [gone = '', ...kept] = keys;
					await ability('remove')([gone]);
					const { changes } = await walk(direct, own().entity, cursor);
					expect(missing(kept, changes)).toEqual([]);
					expect(changes.filter(({ key, record }) => key === gone && record !== undefined)).toEqual([]);
				},
			);

			needing(
				['make'],
				'changes: a failure at any call loses nothing when the look is repeated',
				async () => {
					let { cursor } = await walk(connector, own().entity);
					const reported: AnyChange[] = [];
					const keys: string[] = [];
					for (let step = 0; ; step += 1) {
						expect(step).toBeLessThan(mostSteps);
						keys.push(...(await make(2)));
						proxy.inject({ fault: 'half-answer' }, { skip: step });
						const error = await failureOf(
							walk(connector, own().entity, cursor, (page) => {
								cursor = page.cursor;
								reported.push(...page.changes);
							}),
						);
						if (proxy.heal() === 0) break;
						expectError(error, { entity });
					}
					expect(missing(keys, reported)).toEqual([]);
				},
			);

			/** What is made now, as the connector's next look finds it. */
			const looksOn = async (
				cursor: ChangeCursor | undefined,
				rounds = 1,
			): Promise<ChangeCursor | undefined> => {
				let position = cursor;
				for (let round = 0; round < rounds; round += 1) {
					const keys = await make(2);
					const next = await walk(direct, own().entity, position);
					expect(missing(keys, next.changes)).toEqual([]);
					position = next.cursor;
				}
				return position;
			};

			for (const offset of [-3_600_000, 3_600_000]) {
				needing(
					['make'],
					`changes: none is missed when the clock of the system is ${offset} ms off`,
					async () => {
						await subject.skewed(offset, async () => {
							const { cursor } = await walk(direct, own().entity);
							await looksOn(cursor, 3);
						});
					},
				);
			}

			const afterJumps = (title: string, work: () => Promise<void>): void => {
				if (cannot.make === undefined) clockJumps.push([entity, title, work]);
			};

			afterJumps('after a clock that ran ahead was put right', async () => {
				const { cursor } = await walk(direct, own().entity);
				const ahead = await subject.jumped(3_600_000, () => looksOn(cursor));
				await looksOn(ahead, 2);
			});

			afterJumps('when the clock is set back within the overlap', async () => {
				const { cursor } = await walk(direct, own().entity);
				const right = await looksOn(cursor);
				await subject.jumped(-1_000, () => looksOn(right));
			});
		});

		const works = Object.keys(served.works);
		if (works.length > 0)
			describe.each(works)('%s', (name) => {
				const work = () => workOf(name);
				const once = async (by: SystemConnector, request: WorkRequest): Promise<Outcome<unknown>> => {
					const outcomes = await work().run(by, [request]);
					expect(outcomes).toHaveLength(1);
					return outcomes[0] as Outcome<unknown>;
				};
				const value = (outcome: Outcome<unknown>): unknown => {
					if ('error' in outcome) throw outcome.error;
					return outcome.value;
				};
				const limits = served.works[name]?.cannot ?? {};
				const needing = (reason: string | undefined, title: string, run: () => Promise<void>): void => {
					if (reason === undefined) test(title, run);
				};
				const about = (entity: string, { key }: WorkRequest) =>
					key === undefined ? { entity } : { entity, key };
				const current = async (key: string): Promise<unknown> =>
					(await direct.get(work().entity, [key])).get(key);

				test('is done once for one key, and answers with the state as read back', async () => {
					const request = await work().request();
					expect(await request.applied()).toBe(0);
					const first = await once(direct, request);
					expect(value(first)).toEqual(await current(first.key));
					if (request.key !== undefined) expect(first.key).toBe(request.key);
					expect(await request.applied()).toBe(1);
					const again = await once(direct, request);
					expect(again.key).toBe(first.key);
					expect(value(again)).toEqual(value(first));
					expect(await request.applied()).toBe(1);
				});

				test('is done once when two send it at the same time', async () => {
					const request = await work().request();
					const both = await Promise.all([once(direct, request), once(direct, request)]);
					for (const outcome of both) {
						if ('error' in outcome) expectError(outcome.error);
					}
					value(await once(direct, request));
					expect(await request.applied()).toBe(1);
				});

				test.each(
					workFaults.map(([title, fault, Expected], index) => [title, fault, Expected, index] as const),
				)('through %s at its calls, and repeated, is done once', async (_title, fault, Expected, index) => {
					await connector.check();
					const { entity, stride = 1 } = work();
					const first = index % stride;
					for (let step = first; ; step += stride) {
						expect(step).toBeLessThan(mostSteps);
						const request = await work().request();
						proxy.inject(fault, { skip: step });
						const disturbed = await once(connector, request);
						const met = proxy.heal();
						if (step === first) expect(met).toBe(1);
						if ('error' in disturbed) {
							const error = expectError(disturbed.error, about(entity, request));
							expect(error).toBeInstanceOf(Expected);
							expect(error.retryable).toBe(true);
						}
						const repeated = await once(connector, request);
						expect(value(repeated)).toEqual(await current(repeated.key));
						expect(await request.applied()).toBe(1);
						if (met === 0) break;
					}
				});

				test('after no answer to the call that did the work, and repeated, is done once', async () => {
					// What a connector asks once and remembers is asked before.
					await once(impatient, await work().request());
					let step = 0;
					for (; ; step += 1) {
						expect(step).toBeLessThan(mostSteps);
						const sample = await work().request();
						proxy.inject({ fault: 'cut', when: 'after' }, { skip: step });
						await once(impatient, sample);
						if (proxy.heal() === 0) throw new Error('no call of it did the work');
						if ((await sample.applied()) === 1) break;
					}
					const request = await work().request();
					proxy.inject({ fault: 'silence', when: 'after' }, { skip: step });
					const disturbed = await once(impatient, request);
					expect(proxy.heal()).toBe(1);
					if ('error' in disturbed) {
						const error = expectError(disturbed.error, about(work().entity, request));
						expect(error).toBeInstanceOf(UnavailableError);
					}
					expect(value(await once(connector, request))).toBeDefined();
					expect(await request.applied()).toBe(1);
				});

				if (!isWrite(name))
					needing(limits.ignoring, 'answered with "ok" and ignored by the system is no success', async () => {
						const request = await work().request();
						await connector.check();
						let ignored = 0;
						const answer = async (call: ProxiedCall) => {
							const body = await subject.ignoring?.(call);
							if (body !== undefined) ignored += 1;
							return body;
						};
						proxy.inject({ fault: 'ignored', answer }, { times: Infinity });
						const outcome = await once(connector, request);
						proxy.heal();
						expect(ignored).toBeGreaterThan(0);
						if (!('error' in outcome)) throw new Error('what the system ignored was reported as done');
						expectError(outcome.error, about(work().entity, request));
						expect(await request.applied()).toBe(0);
						value(await once(connector, request));
						expect(await request.applied()).toBe(1);
					});

				test('many at once: outcomes in the order of the requests, and one that fails takes no neighbour', async () => {
					const twice = await work().request();
					const requests = [twice, await work().refused(), await work().request(), twice];
					const outcomes = await work().run(direct, requests);
					expect(outcomes).toHaveLength(requests.length);
					for (const [index, outcome] of outcomes.entries()) {
						const request = requests[index] as WorkRequest;
						if (request.key !== undefined) expect(outcome.key).toBe(request.key);
						if (index === 1) {
							if (!('error' in outcome)) throw new Error('the system took what it should refuse');
							expect(expectError(outcome.error, about(work().entity, request)).retryable).toBe(false);
							expect(await request.applied()).toBe(0);
						} else {
							expect(value(outcome)).toEqual(await current(outcome.key));
							expect(await request.applied()).toBe(1);
						}
					}
					expect(await work().run(direct, [])).toEqual([]);
				});

				if (!name.startsWith('create '))
					needing(limits.version, 'on an outdated version is refused and changes nothing', async () => {
						const { entity } = work();
						const request = await work().request();
						const expecting = (expectedVersion: string): WorkRequest => ({
							...request,
							sent: { ...request.sent, expectedVersion },
						});
						const refusal = async (late: WorkRequest): Promise<BridgeError> => {
							const outcome = await once(direct, late);
							if (!('error' in outcome)) throw new Error('an outdated version was taken');
							const error = expectError(outcome.error, about(entity, late));
							expect(error.retryable).toBe(false);
							return error;
						};
						if (!direct.capabilities().optimisticLocking) {
							await refusal(expecting('1'));
							expect(await request.applied()).toBe(0);
							return;
						}
						if (request.next !== undefined) {
							const first = value(await once(direct, request)) as { revision: string };
							const next = await once(direct, request.next(first.revision));
							const second = value(next) as { revision: string };
							expect(second.revision).not.toBe(first.revision);
							expect(await refusal(request.next(first.revision))).toBeInstanceOf(ConflictError);
							expect(await current(next.key)).toEqual(second);
							return;
						}
						const { otherVersion, unversioned } = work();
						if (otherVersion !== undefined) {
							const { name: refusedAs } = await refusal(expecting(otherVersion));
							expect(refusedAs).toBe(unversioned ? 'ValidationError' : 'ConflictError');
							expect(await request.applied()).toBe(0);
							return;
						}
						const key = request.key ?? '';
						const revision = async () => ((await current(key)) as { revision: string }).revision;
						const before = await revision();
						await entityOf(entity).change?.([key]);
						expect(await revision()).not.toBe(before);
						expect(await refusal(expecting(before))).toBeInstanceOf(ConflictError);
						expect(await request.applied()).toBe(0);
						value(await once(direct, expecting(await revision())));
						expect(await request.applied()).toBe(1);
					});
			});

		if (clockJumps.length > 0)
			describe('changes, none of which is missed', () => {
				test.each(clockJumps)('%s: %s', async (_entity, _title, work) => await work());
			});
	});
}

/** As `capabilities()` says it: `confirm salesOrder`. */
function nameOf({ does, entity }: Work): string {
	return `${does} ${entity}`;
}

function isWrite(work: string): boolean {
	return portWrites.some((write) => work.startsWith(`${write} `));
}

function changing(subject: Subject, connector: SystemConnector): AnyEntity[] {
	return subject.entities.filter(({ entity }) => connector.capabilities().entities[entity]?.changes);
}

function byCodePoint(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

async function failureOf(work: Promise<unknown>): Promise<unknown> {
	try {
		await work;
		return undefined;
	} catch (error) {
		return error;
	}
}

async function listed(
	connector: SystemConnector,
	{ entity }: { entity: EntityName },
	pageSize: number,
	enough = Infinity,
): Promise<AnyRecord[]> {
	const records: AnyRecord[] = [];
	for await (const page of connector.list(entity, { pageSize })) {
		records.push(...page);
		if (records.length >= enough) break;
	}
	return records;
}

interface Page {
	changes: AnyChange[];
	cursor: ChangeCursor;
}

async function pagesOf(
	connector: SystemConnector,
	entity: AnyEntity['entity'],
	cursor?: ChangeCursor,
): Promise<Page[]> {
	const pages: Page[] = [];
	for await (const page of connector.changes(entity, cursor)) pages.push(page);
	return pages;
}

/** One look at the changes: all of them, and where to go on. */
async function walk(
	connector: SystemConnector,
	entity: AnyEntity['entity'],
	cursor?: ChangeCursor,
	onPage: (page: Page) => void = () => {},
): Promise<{ changes: AnyChange[]; cursor: ChangeCursor | undefined }> {
	const changes: AnyChange[] = [];
	let position = cursor;
	for await (const page of connector.changes(entity, cursor)) {
		changes.push(...page.changes);
		position = page.cursor;
		onPage(page);
	}
	return { changes, cursor: position };
}

function missing(keys: string[], changes: AnyChange[]): string[] {
	const reported = new Set(changes.map(({ key }) => key));
	return keys.filter((key) => !reported.has(key));
}
