'use strict'
// Plugin for Haraka: accepts the mailboxes it knows, refuses the rest, writes Maildirs under
// /srv/mail. Messages of authenticated clients end there too: nothing is ever sent on.

const fs = require('node:fs')

let delivered = 0

exports.register = function () {
  this.mailboxes = new Set(this.config.get('mailboxes', 'list'))
  this.domain = this.config.get('mailboxes_domain')
}

exports.mailboxOf = function (address) {
  const host = (address.host || this.domain).toLowerCase()
  if (host !== this.domain) return null
  const name = address.user.replace(/^"(.*)"$/, '$1')
  if (name.toLowerCase() === 'postmaster') return 'user'
  return this.mailboxes.has(name) ? name : ''
}

exports.hook_rcpt = function (next, connection, params) {
  const mailbox = this.mailboxOf(params[0])
  if (mailbox === null) return next(DENY, 'relaying denied')
  return mailbox ? next(OK) : next(DENY, 'no such mailbox')
}

exports.hook_queue = function (next, connection) {
  const transaction = connection.transaction
  const path = `/tmp/${process.pid}-${++delivered}`
  transaction.remove_header('Return-Path')
  transaction.add_leading_header('Return-Path', transaction.mail_from.format())
  const file = fs.createWriteStream(path)
  transaction.message_stream.pipe(file, { line_endings: '\n' })
  file.on('error', (error) => next(DENYSOFT, error.message))
  file.on('close', () => {
    for (const recipient of transaction.rcpt_to) {
      const maildir = `/srv/mail/${this.mailboxOf(recipient)}/Maildir`
      for (const folder of ['tmp', 'new', 'cur']) {
        fs.mkdirSync(`${maildir}/${folder}`, { recursive: true })
      }
      fs.copyFileSync(path, `${maildir}/new/${Date.now()}.${process.pid}_${delivered++}.haraka`)
    }
    fs.unlinkSync(path)
    next(OK, 'delivered')
  })
}

exports.hook_queue_outbound = exports.hook_queue
