import { inspect } from 'node:util';

import fc from 'fast-check';

import { axiosTransport } from '../../../connectors/http/axiosTransport';
import {
	AuthenticationError,
	BridgeError,
	ConflictError,
	RateLimitError,
	UnavailableError,
} from '../../../core/ports/errors';
import type { Change, ChangeCursor, Outcome, SystemConnector } from '../../../core/ports/systemConnector';
import { startFaultProxy, type Fault, type FaultProxy } from './faultProxy';
import type { AnyEntity, EntitySubject, Served, Subject, Work, WorkRequest } from './subject';

type AnySubject = EntitySubject<AnyEntity['entity']>;
type AnyRecord = Parameters<AnySubject['keyOf']>[0];
type AnyChange = Change<AnyRecord>;

/** Faults that end a call, and the error each must become. Silence is last: it takes as long as the timeout. */
const endingFaults: Array<[string, Fault, new (...given: never[]) => BridgeError]> = [
	['a connection cut before the work', { fault: 'cut', when: 'before' }, UnavailableError],
	['a connection cut after the work', { fault: 'cut', when: 'after' }, UnavailableError],
	['half an answer', { fault: 'half-answer' }, UnavailableError],
	['truncated JSON', { fault: 'truncated-json' }, UnavailableError],
	['a page instead of an answer', { fault: 'page' }, UnavailableError],
	['HTTP 500', { fault: 'status', when: 'before', status: 500 }, UnavailableError],
	['HTTP 502 after the work', { fault: 'status', when: 'after', status: 502 }, UnavailableError],
	['HTTP 503', { fault: 'status', when: 'before', status: 503 }, UnavailableError],
	['HTTP 429', { fault: 'status', when: 'before', status: 429 }, RateLimitError],
	['no answer before the work', { fault: 'silence', when: 'before' }, UnavailableError],
	['no answer after the work', { fault: 'silence', when: 'after' }, UnavailableError],
];

/** Most calls of one operation at which the kit lets something fail, one after the other. */
const mostSteps = 40;

/** Proves every rule of the port for one connector. `start` runs once; `entities` and `works` name what it serves. */
export function connectorConformance(name: string, served: Served, start: () => Promise<Subject>): void {
	describe(`${name} as a connected system`, () => {
		let subject: Subject;
		let proxy: FaultProxy;
		let connector: SystemConnector;
		/** without the proxy between */
		let direct: SystemConnector;
		const transport = axiosTransport();
		const connect = (url: string, wrongCredential = false) =>
			subject.connect({ url, transport, timeoutMs: subject.timeoutMs ?? 2_000, wrongCredential });

		beforeAll(async () => {
			subject = await start();
			proxy = await startFaultProxy(subject.upstream);
			connector = connect(proxy.url);
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

		test('a good address and credential pass the check, a wrong credential is an AuthenticationError', async () => {
			await connector.check();
			const refused = expectError(await failureOf(connect(proxy.url, true).check()));
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

		describe.each(Object.keys(served.entities))('%s', (entity) => {
			const own = () => entityOf(entity);
			const changes = () => direct.capabilities().entities[own().entity]?.changes === true;
			const made = async (count: number): Promise<string[]> => (await own().make?.(count)) ?? [];

			test('is described by its fields', async () => {
				const fields = await direct.describe(own().entity);
				expect(fields.length).toBeGreaterThan(0);
				expect(new Set(fields.map((field) => field.name)).size).toBe(fields.length);
				for (const field of fields) expect(field.name && field.type).toBeTruthy();
			});

			test('is canonical, listed once each by ascending key, whatever the page size', async () => {
				await made(7);
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
			});

			test('is found by key; an unknown key is absent and no error', async () => {
				await made(2);
				const [first, second] = await listed(direct, own(), 200);
				const { keyOf } = own();
				const keys = [first, second].map((record) => keyOf(record as AnyRecord));
				const found = await direct.get(own().entity, [
					'999999999',
					keys[1] ?? '',
					'no such key',
					keys[0] ?? '',
				]);
				expect([...found.keys()].sort()).toEqual([...keys].sort());
				expect(found.get(keys[0] ?? '')).toEqual(first);
				expect((await direct.get(own().entity, ['no such key'])).size).toBe(0);
				expect((await direct.get(own().entity, [])).size).toBe(0);
			});

			test('keeps every decimal to its last digit', async () => {
				const { decimals } = own();
				if (decimals === undefined) return;
				await fc.assert(
					fc.asyncProperty(fc.constantFrom(...decimals.values), async (value) => {
						const key = await decimals.make(value);
						const record = (await direct.get(own().entity, [key])).get(key);
						expect(record && decimals.read(record)).toBe(value);
					}),
					{ numRuns: decimals.values.length, examples: decimals.values.map((value) => [value]) },
				);
			});

			test.each(endingFaults)(
				'read through %s fails in words, and then goes on',
				async (_name, fault, Expected) => {
					const [record] = await listed(direct, own(), 1, 1);
					const key = own().keyOf(record as AnyRecord);
					const reads: Array<() => Promise<unknown>> = [
						() => connector.get(own().entity, [key]),
						() => listed(connector, own(), 200),
						...(changes() ? [() => walk(connector, own().entity)] : []),
					];
					await connector.check();
					for (const read of reads) {
						proxy.inject(fault);
						const error = expectError(await failureOf(read()), { entity });
						expect(proxy.heal()).toBe(1);
						expect(error).toBeInstanceOf(Expected);
						expect(error.retryable).toBe(true);
					}
					expect((await connector.get(own().entity, [key])).get(key)).toEqual(record);
				},
			);

			test('waits as long as a system that is busy asks for', async () => {
				await connector.check();
				proxy.inject({ fault: 'status', when: 'before', status: 429, headers: { 'retry-after': '7' } });
				const error = expectError(await failureOf(connector.get(own().entity, ['1'])), { entity });
				expect(error.subject.retryAfterMs).toBe(7_000);
				proxy.inject({ fault: 'status', when: 'before', status: 403 });
				expect(expectError(await failureOf(connector.get(own().entity, ['1']))).retryable).toBe(false);
			});

			test('is read from a slow system', async () => {
				const [record] = await listed(direct, own(), 1, 1);
				const key = own().keyOf(record as AnyRecord);
				proxy.inject({ fault: 'slow', overMs: 200 });
				expect((await connector.get(own().entity, [key])).get(key)).toEqual(record);
				expect(proxy.heal()).toBe(1);
			});

			test('changes: records of one timestamp over several pages are all reported, and a new look from any page misses none', async () => {
				const { make, manyRecords } = own();
				if (!changes() || make === undefined || manyRecords === undefined) return;
				const before = await walk(direct, own().entity);
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
			});

			test('changes: what others write while pages are read is reported in the end, as it now is', async () => {
				const { make, change, manyRecords } = own();
				if (!changes() || make === undefined || change === undefined || manyRecords === undefined) return;
				const before = await walk(direct, own().entity);
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
					await change([keys[0] ?? '', keys[page * 2] ?? '', keys[manyRecords - page] ?? '']);
				}
				expect(page).toBeGreaterThan(1);
				for (const { key, record } of (await walk(direct, own().entity, cursor)).changes)
					replica.set(key, record);
				const now = await direct.get(own().entity, keys);
				expect(now.size).toBe(keys.length);
				for (const key of keys) expect(replica.get(key)).toEqual(now.get(key));
			});

			test('changes: a failure at any call loses nothing when the look is repeated', async () => {
				const { make } = own();
				if (!changes() || make === undefined) return;
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
			});

			test.each([-3_600_000, 3_600_000])(
				'changes: none is missed when the clock of the system is %i ms off',
				async (offset) => {
					const { make } = own();
					if (!changes() || make === undefined) return;
					await subject.skewed(offset, async () => {
						let { cursor } = await walk(direct, own().entity);
						for (let round = 0; round < 3; round += 1) {
							const keys = await make(2);
							const next = await walk(direct, own().entity, cursor);
							expect(missing(keys, next.changes)).toEqual([]);
							cursor = next.cursor;
						}
					});
				},
			);
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

				test.each(endingFaults.filter(([, { fault }]) => fault !== 'silence'))(
					'through %s at each of its calls, and repeated, is done once',
					async (_name, fault, Expected) => {
						await connector.check();
						for (let step = 0; ; step += work().stride ?? 1) {
							expect(step).toBeLessThan(mostSteps);
							const request = await work().request();
							proxy.inject(fault, { skip: step });
							const disturbed = await once(connector, request);
							const met = proxy.heal();
							if ('error' in disturbed) {
								expectError(disturbed.error, { entity: work().entity });
								expect(disturbed.error).toBeInstanceOf(Expected);
								expect(disturbed.error.retryable).toBe(true);
							}
							const repeated = await once(connector, request);
							expect(value(repeated)).toEqual(await current(repeated.key));
							expect(await request.applied()).toBe(1);
							if (met === 0) break;
						}
					},
				);

				test('after no answer to the call that did the work, and repeated, is done once', async () => {
					await connector.check();
					for (let step = 0; ; step += 1) {
						expect(step).toBeLessThan(mostSteps);
						const request = await work().request();
						proxy.inject({ fault: 'silence', when: 'after' }, { skip: step });
						const disturbed = await once(connector, request);
						const met = proxy.heal();
						if (met === 0) throw new Error('no call of it did the work');
						if ('error' in disturbed) {
							expect(expectError(disturbed.error, { entity: work().entity })).toBeInstanceOf(
								UnavailableError,
							);
						}
						const done = await request.applied();
						value(await once(connector, request));
						expect(await request.applied()).toBe(1);
						if (done === 1) break;
					}
				});

				test('many at once: outcomes in the order of the requests, and one that fails takes no neighbour', async () => {
					const requests = [
						await work().request(),
						await work().refused(),
						await work().request(),
						await work().request(),
					];
					const outcomes = await work().run(direct, requests);
					expect(outcomes).toHaveLength(requests.length);
					for (const [index, outcome] of outcomes.entries()) {
						const request = requests[index] as WorkRequest;
						if (request.key !== undefined) expect(outcome.key).toBe(request.key);
						if (index === 1) {
							if (!('error' in outcome)) throw new Error('the system took what it should refuse');
							expect(
								expectError(outcome.error, {
									entity: work().entity,
									...(request.key === undefined ? {} : { key: request.key }),
								}).retryable,
							).toBe(false);
							expect(await request.applied()).toBe(0);
						} else {
							expect(value(outcome)).toEqual(await current(outcome.key));
							expect(await request.applied()).toBe(1);
						}
					}
					expect(await work().run(direct, [])).toEqual([]);
				});

				test('on an outdated version is a ConflictError and changes nothing', async () => {
					const request = await work().request();
					if (request.next === undefined || !direct.capabilities().optimisticLocking) return;
					const first = value(await once(direct, request)) as { revision: string };
					const second = value(await once(direct, request.next(first.revision))) as { revision: string };
					expect(second.revision).not.toBe(first.revision);
					const late = await once(direct, request.next(first.revision));
					if (!('error' in late)) throw new Error('an outdated version was taken');
					expect(expectError(late.error, { entity: work().entity, key: late.key })).toBeInstanceOf(
						ConflictError,
					);
					expect(late.error.retryable).toBe(false);
					expect(await current(late.key)).toEqual(second);
				});
			});
	});
}

/** As `capabilities()` says it: `confirm salesOrder`. */
function nameOf({ does, entity }: Work): string {
	return `${does} ${entity}`;
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
	{ entity }: AnySubject,
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
