// What workflows have sent: a list, and the mail that is chosen.

import { element, h } from './dom.js';
import { state, t } from './state.js';

let built = {};

export function renderMail() {
	const { mails, language } = state;
	const chosen = mails.find(({ id }) => id === state.selectedMail) ?? mails[0];
	if (built.mails === mails && built.language === language && built.chosen === chosen) return;
	built = { mails, language, chosen };
	element('mails').replaceChildren(
		...(chosen === undefined
			? [h('p', { class: 'empty' }, t().noMail)]
			: [
					h('div', { class: 'mail-list' }, ...mails.map((mail) => entry(mail, mail === chosen))),
					reading(chosen),
				]),
	);
}

function entry(mail, isChosen) {
	return h(
		'button',
		{
			type: 'button',
			class: 'mail',
			'aria-pressed': String(isChosen),
			onclick: () => {
				state.selectedMail = mail.id;
				renderMail();
			},
		},
		h('span', { class: 'mail-subject' }, mail.subject || t().noSubject),
		h('span', { class: 'mail-time' }, moment(mail.receivedAt)),
		h('span', { class: 'mail-to' }, mail.to.join(', ')),
		mail.status === 'bounced' ? h('span', { class: 'back' }, t().bounced) : undefined,
	);
}

function reading({ id, subject, from, to, text, attachments, receivedAt }) {
	return h(
		'article',
		{ class: 'mail-reading' },
		h('h3', {}, subject || t().noSubject),
		h('p', { class: 'mail-facts' }, `${t().mailFrom} ${from || '–'} · ${t().mailTo} ${to.join(', ')}`),
		h('p', { class: 'mail-facts' }, moment(receivedAt)),
		h('pre', { class: 'mail-text' }, text || t().noText),
		attachments.length === 0
			? undefined
			: h(
					'ul',
					{ class: 'mail-files', 'aria-label': t().attachments },
					...attachments.map(({ name, bytes }, position) =>
						h(
							'li',
							{},
							h(
								'a',
								{
									href: `page/mails/${encodeURIComponent(id)}/attachments/${position}`,
									target: '_blank',
									rel: 'noopener',
								},
								name,
							),
							` ${size(bytes)}`,
						),
					),
				),
	);
}

function moment(instant) {
	return new Date(instant).toLocaleString(state.language, { dateStyle: 'short', timeStyle: 'medium' });
}

function size(bytes) {
	return bytes < 1_000 ? `${bytes} B` : `${Math.round(bytes / 1_000).toLocaleString(state.language)} kB`;
}
