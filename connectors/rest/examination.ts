import { BridgeError } from '../../core/ports/errors';
import type { EntityName } from '../../core/ports/systemConnector';
import { textOf } from './calls';
import { readPages } from './pages';
import type { RestSystem } from './restSystem';

/** One part of a description held against the system. */
export interface Finding {
	/** path inside the description, or `address` and `authentication` */
	part: string;
	result: 'works' | 'fails' | 'notShown';
	/** what was seen, or what is wrong */
	detail: string;
}

/** Records whose mapping is tried. */
const recordsTried = 20;

/** Says of each part of a description whether it works. It only reads, two pages of an entity at most. */
export async function examine(system: RestSystem): Promise<Finding[]> {
	const { version, revision } = system.description;
	const findings: Finding[] = [{ part: 'description', ...works(`format ${version}, revision ${revision}`) }];
	const reach = await attempt(async () => {
		await system.check();
	});
	const reason = reach instanceof BridgeError ? reach : undefined;
	findings.push({
		part: 'address',
		...(reason?.name === 'UnavailableError' || reason?.name === 'NotFoundError'
			? failed(reason)
			: works(system.description.baseUrl)),
	});
	const refused = reason?.name === 'AuthenticationError' || reason?.name === 'PermissionError';
	findings.push({
		part: 'authentication',
		...(refused
			? failed(reason)
			: reason === undefined
				? works('the system answers')
				: notShown('the first list gives no answer')),
	});
	if (refused || reason?.name === 'UnavailableError') return findings;
	for (const entity of Object.keys(system.description.entities) as EntityName[]) {
		findings.push(...(await examineEntity(system, entity)));
	}
	return findings;
}

async function examineEntity(system: RestSystem, entity: EntityName): Promise<Finding[]> {
	const described = system.described(entity);
	const path = `entities.${entity}`;
	const findings: Finding[] = [];
	const pages: unknown[][] = [];
	const read = await attempt(async () => {
		for await (const { records } of readPages(system.calls, entity, described, {})) {
			pages.push(records);
			if (pages.length === 2) return;
		}
	});
	const [first] = pages;
	if (first === undefined) {
		findings.push({
			part: `${path}.list`,
			...(read instanceof Error ? failed(read) : notShown('there is no record')),
		});
		return findings;
	}
	findings.push({ part: `${path}.list`, ...works(`${first.length} records on the first page`) });
	findings.push({ part: `${path}.list.paging`, ...pagingOf(system, entity, pages, read) });

	const ids: string[] = [];
	const identified = await attempt(async () => {
		for (const native of pages.flat()) ids.push(await system.idOf(entity, native));
	});
	const twice = ids.find((id, index) => ids.indexOf(id) !== index);
	findings.push({
		part: `${path}.id`,
		...(identified instanceof Error
			? failed(identified)
			: twice === undefined
				? works(`such as "${ids[0]}"`)
				: { result: 'fails', detail: `"${twice}" stands for two records` }),
	});
	if (identified instanceof Error) return findings;

	findings.push({ part: `${path}.mapping`, ...(await mappingOf(system, entity, first, ids)) });
	if (described.get !== undefined && ids[0] !== undefined)
		findings.push({ part: `${path}.get`, ...(await getOf(system, entity, ids[0])) });
	if (described.changes !== undefined) {
		findings.push({ part: `${path}.changes`, ...(await changesOf(system, entity, first, ids)) });
	}
	for (const action of Object.keys(described.actions)) {
		findings.push({
			part: `${path}.actions.${action}`,
			...notShown('not tried, as it would change the system'),
		});
	}
	findings.push(...(await writesOf(system, entity, first[0], ids[0] ?? '')));
	return findings;
}

/** Writes are not tried. What would be sent is shown for the first record, and the search for an idempotency key is. */
async function writesOf(
	system: RestSystem,
	entity: EntityName,
	native: unknown,
	id: string,
): Promise<Finding[]> {
	const { create, update } = system.described(entity);
	const findings: Finding[] = [];
	const path = `entities.${entity}`;
	const draft = await attempt(async () => await system.canonical(entity, id, native));
	const tryBody = async (part: string, body: string, input: object) => {
		const sent = await attempt(async () => await system.calls.value(body, `${part}.body`, input));
		const shown = JSON.stringify(sent) ?? 'nothing';
		findings.push({
			part,
			...(sent instanceof Error
				? failed(sent)
				: notShown(
						`not tried, as it would change the system; for "${id}" it would send ${shown.slice(0, 500)}`,
					)),
		});
	};
	if (draft instanceof Error) return findings;
	const idempotencyKey = `check-${Date.now()}`;
	if (create !== undefined) {
		await tryBody(`${path}.create`, create.body, { draft, idempotencyKey });
		const { parameter, field } = create.idempotency ?? {};
		if (field !== undefined) {
			findings.push({
				part: `${path}.create.idempotency`,
				...(await searchOf(system, entity, { parameter, field }, idempotencyKey)),
			});
		}
	}
	if (update !== undefined) {
		const before = await attempt(async () => await system.read(entity, id));
		const guard =
			before === undefined || before instanceof Error
				? undefined
				: await attempt(
						async () => await system.guardOf(entity, id, update.version, before, `${path}.update`),
					);
		if (guard instanceof Error) findings.push({ part: `${path}.update.version`, ...failed(guard) });
		const version = guard === undefined || guard instanceof Error ? null : (guard.version ?? null);
		const input = { key: id, draft, changes: draft, record: native, version, idempotencyKey: null };
		await tryBody(`${path}.update`, update.body, input);
	}
	return findings;
}

/** Nobody has used the key: a system that finds a record for it does not search. */
async function searchOf(
	system: RestSystem,
	entity: EntityName,
	{ parameter, field }: { parameter: string | undefined; field: string },
	unusedKey: string,
): Promise<Omit<Finding, 'part'>> {
	const path = `entities.${entity}`;
	if (parameter === undefined)
		return works('without a parameter: the whole list is read before each creation');
	const found = await attempt(async () => {
		const filter = { [parameter]: unusedKey };
		for await (const { records } of readPages(system.calls, entity, system.described(entity), filter)) {
			const kept = records.map(
				async (native) => await system.calls.value(field, `${path}.create.idempotency.field`, native),
			);
			return {
				count: records.length,
				keys: (await Promise.all(kept)).filter((one) => typeof one === 'string'),
			};
		}
		return { count: 0, keys: [] };
	});
	if (found instanceof Error) return failed(found);
	const asked = `asked by "${parameter}" for a key that nobody used, the system gives`;
	if (found.count === 0) return works(`${asked} nothing`);
	// Some systems search only what at least one record has.
	if (found.keys.length === 0) return notShown(`${asked} ${found.count} records; none carries a key yet`);
	return { result: 'fails', detail: `${asked} ${found.count} records: it ignores the parameter` };
}

function pagingOf(
	system: RestSystem,
	entity: EntityName,
	pages: unknown[][],
	read: unknown,
): Omit<Finding, 'part'> {
	const { paging } = system.described(entity).list;
	const [first = [], second] = pages;
	if (read instanceof Error) return failed(read);
	if (second !== undefined && second.length > 0) return works('the second page holds other records');
	if (paging.style === 'none') return works('one answer is taken for all records');
	const { size } = paging;
	if ((paging.style === 'link' || paging.style === 'cursor') && size?.value === first.length) {
		return {
			result: 'fails',
			detail: `the answer is as long as asked (${size.value}) and names no next page: some systems do so only when the query asks for a page`,
		};
	}
	return notShown('all records are on the first page');
}

async function mappingOf(
	system: RestSystem,
	entity: EntityName,
	records: unknown[],
	ids: string[],
): Promise<Omit<Finding, 'part'>> {
	const tried = records.slice(0, recordsTried);
	const wrong: string[] = [];
	for (const [index, native] of tried.entries()) {
		const result = await attempt(async () => await system.canonical(entity, ids[index] ?? '', native));
		if (result instanceof Error) wrong.push(result.message);
	}
	return wrong.length === 0
		? works(`${tried.length} of ${tried.length} records`)
		: { result: 'fails', detail: `${wrong.length} of ${tried.length} records: ${wrong.join(' ')}` };
}

async function getOf(system: RestSystem, entity: EntityName, id: string): Promise<Omit<Finding, 'part'>> {
	const found = await attempt(async () => await system.get(entity, [id]));
	// The mapping has a finding of its own.
	if (found instanceof Error && !found.message.includes('cannot be read')) return failed(found);
	if (found instanceof Map && found.size === 0)
		return { result: 'fails', detail: `"${id}" stands in the list and is not found` };
	return works(`"${id}" is found`);
}

/** A filter that the system ignores shows itself: it still gives records that changed before the newest. */
async function changesOf(
	system: RestSystem,
	entity: EntityName,
	records: unknown[],
	ids: string[],
): Promise<Omit<Finding, 'part'>> {
	const described = system.described(entity);
	const dated = await attempt(async () => {
		const times: string[] = [];
		for (const [index, native] of records.entries())
			times.push(await system.changedAt(entity, ids[index] ?? '', native));
		return times.sort();
	});
	if (dated instanceof Error) return failed(dated);
	const oldest = dated[0] ?? '';
	const newest = dated.at(-1) ?? '';
	if (described.changes?.parameter === undefined)
		return works(`without a filter: each look reads every record; newest ${newest}`);
	const outcome = await attempt(async () => {
		let newestSeen = false;
		for await (const page of readPages(
			system.calls,
			entity,
			described,
			system.sinceFilter(described, newest),
		)) {
			for (const native of page.records) {
				const id = await system.idOf(entity, native);
				const changedAt = await system.changedAt(entity, id, native);
				// Some systems compare whole seconds.
				if (Date.parse(changedAt) < Date.parse(newest) - 1_000) return `gives "${id}" of ${changedAt}`;
				newestSeen ||= changedAt === newest;
			}
			return newestSeen ? undefined : 'leaves out the records that changed at that very instant';
		}
		return 'leaves out the records that changed at that very instant';
	});
	if (outcome instanceof Error) return failed(outcome);
	const asked = `asked for changes since ${newest} by "${described.changes.parameter}", the system`;
	if (outcome?.startsWith('gives') === true)
		return { result: 'fails', detail: `${asked} ${outcome}: it ignores the filter` };
	// The overlap brings them nevertheless.
	if (outcome !== undefined) return works(`${asked} ${outcome}; the overlap brings them`);
	return oldest === newest
		? notShown(`all records of the first page changed at ${newest}`)
		: works(`newest ${newest}`);
}

async function attempt<T>(run: () => Promise<T>): Promise<T | BridgeError> {
	try {
		return await run();
	} catch (error) {
		if (error instanceof BridgeError) return error;
		throw error;
	}
}

function failed(error: Error): Omit<Finding, 'part'> {
	return { result: 'fails', detail: textOf(error.message) };
}

function works(detail: string): Omit<Finding, 'part'> {
	return { result: 'works', detail };
}

function notShown(detail: string): Omit<Finding, 'part'> {
	return { result: 'notShown', detail };
}
