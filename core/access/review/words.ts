import { namedRight, type NamedRight } from './heldRight';
import type { ReviewFinding } from './review';

export type ReviewLanguage = 'en' | 'zh-CN';

/** One sentence on a finding of a review. */
export function explainReview(finding: ReviewFinding, language: ReviewLanguage): string {
	const isEnglish = language === 'en';
	const list = (names: readonly string[]) => names.join(isEnglish ? ', ' : '、');
	const called = ({ system, right, rightName }: NamedRight) =>
		`${system} ${right}${rightName === undefined ? '' : isEnglish ? ` (${rightName})` : `（${rightName}）`}`;
	const rights = (all: readonly NamedRight[]) =>
		list(all.slice(0, 5).map(called)) + (all.length > 5 ? ' …' : '');
	switch (finding.kind) {
		case 'superAdministrator': {
			const { holder, name = holder } = finding;
			return isEnglish
				? `${name} may do everything by ${rights(finding.rights)}`
				: `${name} 因 ${rights(finding.rights)} 而可以执行一切操作`;
		}
		case 'dutyConflict': {
			const { holder, holderName = holder, name, first, second } = finding;
			return isEnglish
				? `${holderName} can do both: ${name.en} (${rights(first)}; ${rights(second)})`
				: `${holderName} 同时可以${name.zh}（${rights(first)}；${rights(second)}）`;
		}
		case 'unusedRight': {
			const { right, days, because } = finding;
			const what = called(namedRight(right));
			const who = right.name ?? finding.holder;
			if (because === 'neverUsed')
				return isEnglish
					? `${who} was given ${what} ${days} days ago; no use of it is known`
					: `${who} 于 ${days} 天前获得 ${what}，没有使用记录`;
			return isEnglish
				? `${who} has not used ${what} for ${days} days`
				: `${who} 已有 ${days} 天未使用 ${what}`;
		}
		case 'roleDrift': {
			const { holder, name = holder, post, peers, beyond, missing } = finding;
			const more =
				beyond.length === 0
					? ''
					: isEnglish
						? `holds ${rights(beyond)} beyond the post`
						: `多出岗位之外的 ${rights(beyond)}`;
			const less =
				missing.length === 0 ? '' : isEnglish ? `lacks ${rights(missing)}` : `缺少 ${rights(missing)}`;
			const both = [more, less].filter((part) => part !== '').join(isEnglish ? ', and ' : '，');
			return isEnglish
				? `${name}, against ${peers} others of ${post}, ${both}`
				: `与${post}的其他 ${peers} 人相比，${name} ${both}`;
		}
		case 'broadPolicy': {
			const open = isEnglish
				? list(finding.open)
				: list(finding.open.map((part) => ({ principal: '主体', action: '操作', resource: '对象' })[part]));
			return isEnglish
				? `Policy "${finding.policy}" permits without saying which ${open}`
				: `策略“${finding.policy}”放行时未限定${open}`;
		}
	}
}
