import { ConflictError, NotFoundError, ValidationError } from '../ports/errors';
import type { FigureKind, WarehouseFigures } from '../ports/warehouseFigures';
import { recordApplied } from '../store/applied';
import { conflictsOf, settleConflicts } from '../store/conflicts';
import type { Database } from '../store/database';
import { textOf } from './reportToErp';

/** `owner`: the owner's value is applied; `other`: the other side keeps its own until the owner's next change. */
export type Choice = 'owner' | 'other';

export interface Settled {
	target: string;
	entity: string;
	key: string;
	kept: Choice;
	/** what the ERP now has, by item code */
	quantities: Record<string, string>;
}

/**
 * Settles a conflict as a person chose. Refused when the value that the person saw has changed since: then the new one is
 * for them to judge.
 */
export async function resolveConflict(
	{ kind, key, choice }: { kind: FigureKind; key: string; choice: Choice },
	erp: WarehouseFigures,
	origin: string,
	database: Database,
	now: number,
): Promise<Settled> {
	const target = erp.system;
	const conflict = (await conflictsOf(database, target, kind, [key])).get(key);
	const subject = { system: target, entity: kind, key };
	if (conflict === undefined)
		throw new NotFoundError(`${target} has no open conflict of ${kind} "${key}".`, {
			...subject,
			hint: 'List the open conflicts again.',
		});
	const figure = (await erp.figures(kind, [key])).get(key);
	if ((figure && textOf(figure.quantities)) !== conflict.otherValue) {
		throw new ConflictError(`${kind} "${key}" of ${target} has changed since the conflict was listed.`, {
			...subject,
			hint: 'Let the warehouse report it again, then choose.',
		});
	}
	const wanted = JSON.parse(conflict.record) as { order?: string; quantities: Record<string, string> };
	let quantities = figure?.quantities ?? {};
	if (choice === 'owner') {
		const [outcome] = await erp.putFigures(kind, [
			{ key, ...wanted, origin, expectedVersion: figure?.version ?? null },
		]);
		if (outcome === undefined) throw new ValidationError(`${target} did not answer.`, subject);
		if ('error' in outcome) throw outcome.error;
		({ quantities } = outcome.value);
	}
	await recordApplied(
		database,
		target,
		kind,
		[{ key, sequence: conflict.sequence, fingerprint: textOf(quantities) }],
		now,
	);
	await settleConflicts(database, target, kind, [key]);
	return { target, entity: kind, key, kept: choice, quantities };
}
