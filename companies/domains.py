"""A company's email domains: one key each, and never one that belongs to everybody (PRODUCT 3.4)."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from helpdesk.users.addresses import AddressError, display, domain_name, strip_invisible

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

EMPTY = _("Enter an email domain, such as acme.com.")
WEB_ADDRESS = _("Enter the domain alone, such as acme.com, without https:// and without a path.")
EMAIL_ADDRESS = _("Enter the domain alone: only what follows the @ in an address.")
INVALID = _("This is not a valid domain, such as acme.com.")
PUBLIC_MAIL = _("Everybody can have an address at this domain, so it cannot belong to one company.")
PUBLIC_SUFFIX = _("Many organisations share this ending. Enter the full domain, such as acme.co.kr.")

_PUBLIC_MAIL = """
    gmail.com googlemail.com
    naver.com daum.net hanmail.net kakao.com nate.com hanmir.com korea.com empas.com empal.com paran.com
    dreamwiz.com chollian.net freechal.com netian.com lycos.co.kr unitel.co.kr hitel.net kornet.net
    hotmail.com hotmail.co.kr hotmail.kr hotmail.co.uk hotmail.co.jp hotmail.fr hotmail.de hotmail.it hotmail.es
    live.com live.co.kr live.kr live.co.uk live.jp live.cn live.fr live.de live.it live.nl
    outlook.com outlook.co.kr outlook.kr outlook.jp outlook.fr outlook.de outlook.es outlook.it msn.com
    yahoo.com yahoo.co.kr yahoo.co.jp yahoo.co.uk yahoo.co.in yahoo.com.br yahoo.com.tw yahoo.com.hk
    yahoo.com.sg yahoo.com.au yahoo.fr yahoo.de yahoo.it yahoo.es yahoo.ca ymail.com rocketmail.com
    icloud.com me.com mac.com aol.com
    qq.com vip.qq.com foxmail.com 163.com vip.163.com 126.com yeah.net sina.com sina.cn sohu.com 139.com 189.cn
    aliyun.com 21cn.com tom.com
    proton.me protonmail.com pm.me tutanota.com tuta.io fastmail.com fastmail.fm hey.com zohomail.com
    mail.com email.com gmx.com gmx.net gmx.de gmx.at gmx.ch web.de t-online.de freenet.de
    mail.ru bk.ru inbox.ru list.ru yandex.ru yandex.com ya.ru rambler.ru
    orange.fr wanadoo.fr free.fr sfr.fr laposte.net libero.it virgilio.it
    comcast.net verizon.net att.net sbcglobal.net cox.net btinternet.com sky.com
    rediffmail.com uol.com.br bol.com.br terra.com.br
    docomo.ne.jp ezweb.ne.jp softbank.ne.jp i.softbank.jp nifty.com biglobe.ne.jp
    pchome.com.tw hinet.net
"""
PUBLIC_MAIL_DOMAINS = frozenset(_PUBLIC_MAIL.split())

_SECOND_LEVELS = {
    "kr": "co ne or re pe go mil ac hs ms es sc kg ai io it me seoul busan daegu incheon gwangju daejeon ulsan"
    " gyeonggi gangwon chungbuk chungnam jeonbuk jeonnam gyeongbuk gyeongnam jeju",
    "jp": "co ne or go ac ad ed gr lg",
    "cn": "com net org gov edu ac",
    "tw": "com net org gov edu idv",
    "hk": "com net org gov edu idv",
    "sg": "com net org gov edu per",
    "my": "com net org gov edu",
    "th": "co or go ac in net mi",
    "id": "co or go ac web sch",
    "vn": "com net org gov edu",
    "ph": "com net org gov edu",
    "in": "co net org gen firm ind ac edu res gov nic",
    "uk": "co org me ltd plc net sch ac gov nhs police",
    "au": "com net org edu gov id asn",
    "nz": "co net org ac govt geek gen school",
    "za": "co net org gov ac",
    "br": "com net org gov edu",
    "mx": "com net org gob edu",
    "ar": "com net org gob edu",
    "tr": "com net org gov edu",
    "il": "co org net ac gov muni",
}
# Of the public suffix list, the second levels of the countries our users write to most.
PUBLIC_SUFFIXES = frozenset(f"{name}.{country}" for country, names in _SECOND_LEVELS.items() for name in names.split())


class DomainError(ValueError):
    """What was typed cannot be a company's domain; `message` says why, in the reader's language."""

    def __init__(self, message: _StrPromise) -> None:
        super().__init__(message)
        self.message = message


def domain_key(typed: str, *, also_public: Collection[str] = ()) -> str:
    """A company's domain as lower-case A-labels; raises DomainError.

    "@acme.com" is taken; an address, a web address, a public mail domain (those of `also_public`,
    the admins' own list, too) and a public suffix are refused.
    """
    domain = _domain(_bare(typed))
    if domain in PUBLIC_MAIL_DOMAINS or domain in also_public:
        raise DomainError(PUBLIC_MAIL)
    if domain in PUBLIC_SUFFIXES:
        raise DomainError(PUBLIC_SUFFIX)
    return domain


def display_domain(key: str) -> str:
    """The domain for people: "xn--3e0b707e.kr" reads "한국.kr"."""
    return display(key)


def _bare(typed: str) -> str:
    text = strip_invisible(typed).removeprefix("@")
    if not text:
        raise DomainError(EMPTY)
    if "/" in text or ":" in text:
        raise DomainError(WEB_ADDRESS)
    if "@" in text:
        raise DomainError(EMAIL_ADDRESS)
    return text


def _domain(text: str) -> str:
    if text.lower() in _TOP_LEVELS:
        raise DomainError(PUBLIC_SUFFIX)
    try:
        return domain_name(text)
    except AddressError:
        raise DomainError(INVALID) from None


_TOP_LEVELS = frozenset(_SECOND_LEVELS) | {"com", "net", "org", "info", "biz", "io", "dev", "app"}
