import { z } from 'zod/v4';

import type { Run } from './model';
import type { ApprovalRecords } from './records';

const HrEmployee = z.looseObject({
	id: z.string(),
	status: z.enum(['active', 'onLeave', 'left']),
	name: z.string(),
	email: z.string().optional(),
	login: z.string().optional(),
	position: z.string().optional(),
});
const HrPosition = z.looseObject({ id: z.string(), name: z.string(), approver: z.boolean() });
export const HrExtract = z.object({ employees: z.array(HrEmployee), positions: z.array(HrPosition) });
export type HrExtract = z.infer<typeof HrExtract>;

/** Everybody and every post, as the ERP's interface reads them from HR. */
export async function readHr(url: string, apiKey: string, timeoutMs: number): Promise<HrExtract> {
	return {
		employees: await pages(`${url}/api/employees`, HrEmployee, apiKey, timeoutMs),
		positions: await pages(`${url}/api/positions`, HrPosition, apiKey, timeoutMs),
	};
}

async function pages<S extends z.ZodType<{ id: string }>>(
	path: string,
	schema: S,
	apiKey: string,
	timeoutMs: number,
): Promise<Array<z.output<S>>> {
	const records: Array<z.output<S>> = [];
	const Page = z.object({ records: z.array(schema) });
	for (;;) {
		const after = encodeURIComponent(records.at(-1)?.id ?? '');
		const response = await fetch(`${path}?limit=1000&after=${after}`, {
			headers: { 'x-api-key': apiKey },
			signal: AbortSignal.timeout(timeoutMs),
		});
		if (!response.ok) throw new Error(`HR answered ${response.status}.`);
		const page = Page.parse(await response.json()).records as Array<z.output<S>>;
		records.push(...page);
		if (page.length < 1_000) return records;
	}
}

/**
 * Writes users, and binds each to the position that the mapping names. What was bound by hand stays. `only`: these employees and
 * nobody else. Returns the run, which is kept.
 */
export function writeOrganisation(
	records: ApprovalRecords,
	extract: HrExtract,
	startedAt: string,
	only?: string[],
): Run {
	return records.transaction(() => {
		const errors: Run['errors'] = [];
		const wanted = extract.employees.filter(({ id }) => only === undefined || only.includes(id));
		const approving = new Set(extract.positions.filter(({ approver }) => approver).map(({ id }) => id));
		const bindings = records.all('bindings');
		let written = 0;
		for (const { id, status, name, email, login, position } of wanted) {
			const known = records.all('users').find(({ employee }) => employee === id);
			// A user made by hand under another login stays the employee's.
			const key = known?.id ?? login;
			if (key === undefined) continue;
			const mapped = position === undefined ? undefined : records.get('mappings', position)?.position;
			if (status !== 'left' && position !== undefined && approving.has(position) && mapped === undefined) {
				errors.push({
					employee: id,
					position,
					message: `No mapping rule for HR position ${position}; employee ${id} was left out.`,
				});
				continue;
			}
			if (mapped !== undefined && records.get('positions', mapped) === undefined) {
				errors.push({
					employee: id,
					position: position ?? mapped,
					message: `The mapping rule for HR position ${position} names ${mapped}, which is not a position of this ERP.`,
				});
				continue;
			}
			if (status !== 'left' && approving.has(position ?? '') && login === undefined) {
				errors.push({ employee: id, message: `Employee ${id} has no login in HR; no user was made.` });
				continue;
			}
			const gone = status === 'left';
			records.put('users', {
				...known,
				id: key,
				name,
				employee: id,
				locked: gone || (known?.locked === true && !known.lockedBySync),
				lockedBySync: gone,
				syncedAt: startedAt,
				...(email === undefined ? {} : { email }),
				...(position === undefined ? {} : { syncedPosition: position }),
			});
			written += 1;
			const bound = gone ? undefined : mapped;
			for (const binding of bindings)
				if (binding.user === key && binding.origin === 'sync' && binding.position !== bound)
					records.remove('bindings', binding.id);
			if (bound !== undefined && !bindings.some(({ user, position: held }) => user === key && held === bound))
				records.put('bindings', {
					id: `${bound}/${key}`,
					position: bound,
					user: key,
					origin: 'sync',
					since: startedAt,
				});
		}
		return keepRun(records, {
			startedAt,
			result: errors.length > 0 ? 'partly' : 'ok',
			read: extract.employees.length,
			written,
			errors,
		});
	});
}

export function keepRun(records: ApprovalRecords, run: Omit<Run, 'id' | 'finishedAt'>): Run {
	const number = records.all('runs').length + 1;
	return records.put('runs', {
		...run,
		id: `RUN-${String(number).padStart(6, '0')}`,
		finishedAt: new Date().toISOString(),
	});
}
