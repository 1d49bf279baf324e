import type { CanonicalEntity } from '../model/canonicalMapping';
import type { FieldProblem } from '../model/problems';
import { isObject } from '../model/schemaFields';
import type { Database } from '../store/database';
import type { CrosswalkKind } from './crosswalk';
import { lookUp, type CodeQuestion } from './identify';

/** Codes of one kind are replaced by those of another system. */
export interface CodeTranslation {
	kind: Exclude<CrosswalkKind, 'employee'>;
	from: string;
	to: string;
}

export interface TranslatedRecord {
	record: Record<string, unknown>;
	/** a code without a link; it stays as it was */
	problems: FieldProblem[];
}

interface CodePlace {
	kind: CodeTranslation['kind'];
	field: string;
	code: string;
	replace(code: string): void;
}

/**
 * The records with their codes in the words of other systems, by the crosswalk. Nothing is guessed: each code that has no link is
 * told with its field. As many results as records; codes of all records are looked up together.
 */
export async function translateCodes(
	database: Database,
	entity: CanonicalEntity,
	records: Array<Record<string, unknown>>,
	translations: CodeTranslation[],
): Promise<TranslatedRecord[]> {
	const results = records.map(
		(record): TranslatedRecord => ({ record: structuredClone(record), problems: [] }),
	);
	const questions: Array<CodeQuestion & { place: CodePlace; result: TranslatedRecord }> = [];
	for (const result of results)
		for (const place of codePlaces(entity, result.record))
			for (const { kind, from, to } of translations)
				if (kind === place.kind) questions.push({ kind, from, code: place.code, to, place, result });
	const answers = await lookUp(database, questions);
	questions.forEach(({ place, result }, index) => {
		const answer = answers[index];
		if (typeof answer === 'string') place.replace(answer);
		else if (answer !== undefined) result.problems.push({ field: place.field, message: answer.message });
	});
	return results;
}

/** Where a canonical record, whole or not, has codes of items, partners and units. */
function codePlaces(entity: CanonicalEntity, record: Record<string, unknown>): CodePlace[] {
	const places: CodePlace[] = [];
	const at = (kind: CodePlace['kind'], holder: Record<string, unknown>, name: string, path: string[]) => {
		const code = holder[name];
		if (typeof code !== 'string' || code === '') return;
		places.push({
			kind,
			field: [...path, name].join('.'),
			code,
			replace: (found) => {
				holder[name] = found;
			},
		});
	};
	const look = (holder: Record<string, unknown>, path: string[]) => {
		for (const [name, inner] of Object.entries(holder)) {
			const kind = kindsByField[name];
			if (kind !== undefined && isObject(inner)) at(kind, inner, 'code', [...path, name]);
			else if (kind !== undefined) at(kind, holder, name, path);
			else if (isObject(inner)) look(inner, [...path, name]);
			else if (Array.isArray(inner))
				for (const [index, one] of (inner as unknown[]).entries())
					if (isObject(one)) look(one, [...path, name, String(index)]);
		}
	};
	if (entity === 'item' || entity === 'partner') at(entity, record, 'code', []);
	look(record, []);
	return places;
}

/** The canonical model's own names, the same in every entity. */
const kindsByField: Partial<Record<string, CodeTranslation['kind']>> = {
	item: 'item',
	partner: 'partner',
	unit: 'unit',
	baseUnit: 'unit',
};
