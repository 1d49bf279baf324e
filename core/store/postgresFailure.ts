/** What went wrong with PostgreSQL, and whether another attempt has a chance. */
export interface PostgresFailure {
	/** `refused`: the statement's own fault. `passing`: worth another attempt. `lasting`: a person has to act. */
	kind: 'refused' | 'passing' | 'lasting';
	connectionLost: boolean;
	reason: string;
	/** one sentence: what to do next */
	advice: string;
}

type Verdict = readonly [kind: PostgresFailure['kind'], advice: string];

const unreachable: Verdict = [
	'passing',
	'Check that the server runs and that host, port and network let n8n reach it.',
];
const repeat: Verdict = ['passing', 'Retry; other work was in the way.'];
const locked: Verdict = [
	'lasting',
	'Look in pg_stat_activity for the session that holds the lock, and end it.',
];
const credential: Verdict = ['lasting', 'Correct user and password in the credential.'];

/** By SQLSTATE or its first two digits, PostgreSQL documentation, appendix A. The longer one decides. */
const verdicts: Record<string, Verdict> = {
	'08': unreachable,
	'08P01': ['refused', ''],
	25006: ['passing', 'Connect to the primary server: this one only reads.'],
	28: credential,
	'3D': ['lasting', 'Create the database, or correct its name in the credential.'],
	40: repeat,
	42501: [
		'lasting',
		'Grant the user CREATE on the database for the first start, and all rights in the schema of the state store.',
	],
	53: ['lasting', 'Give the server the room it lacks, then retry.'],
	53300: ['passing', 'Raise max_connections, or close other clients.'],
	'55P03': locked,
	57014: locked,
	'57P': unreachable,
	58: ['lasting', "Look in the server's log."],
	XX: ['lasting', "Look in the server's log."],
};

export function failureOf(error: unknown): PostgresFailure {
	const { code = '', message } = error as { code?: string; message: string };
	const reason = message === '' ? code : message;
	if (!/^[0-9A-Z]{5}$/.test(code)) {
		return { kind: 'passing', connectionLost: true, reason, advice: unreachable[1] };
	}
	const [kind, advice] =
		verdicts[code] ?? verdicts[code.slice(0, 3)] ?? verdicts[code.slice(0, 2)] ?? refused;
	return { kind, connectionLost: kind === 'passing' && /^(08|57P)/.test(code), reason, advice };
}

const refused: Verdict = ['refused', ''];
