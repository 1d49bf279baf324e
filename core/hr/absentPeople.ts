/** Complete answers in a row without a person before the absence is told. */
export const sweepsUntilMissing = 2;

/** Of the people who should be there, most that may be absent for the answer to be believed; a few always may. */
const mostAbsentShare = 0.1;
const fewPeople = 2;

export interface PeopleAnswer {
	/** keys of those who are known and have not left */
	expected: string[];
	/** keys in the complete answer */
	seen: Set<string>;
}

export type Absence =
	/** who was not in the answer; each alone may be missing */
	| { believed: true; absent: string[] }
	/** so many were not in it that the answer itself is in doubt; nothing follows from it about anybody absent */
	| { believed: false; expected: number; absent: number };

/**
 * Who is absent from a directory's complete answer. Being absent never means having left: only a record that says so does. When more
 * than a tenth of the people are absent (and more than two), or all of them, the answer is not believed at all.
 */
export function absentFrom({ expected, seen }: PeopleAnswer): Absence {
	const absent = expected.filter((key) => !seen.has(key));
	const most = Math.max(fewPeople, Math.floor(expected.length * mostAbsentShare));
	const nobody = expected.length > 0 && absent.length === expected.length;
	if (absent.length > most || nobody)
		return { believed: false, expected: expected.length, absent: absent.length };
	return { believed: true, absent };
}
