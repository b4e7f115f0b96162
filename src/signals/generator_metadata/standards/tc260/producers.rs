//! Who stands behind the numbers in the Chinese label: `001`, a digit for the kind of subject, the 18 letters of the
//! unified social credit code, and a suffix for the product.

/// Companies by their code, with the product that they are known for. A code names the company only.
const COMPANIES: &[(&str, &str, &str)] = &[
    ("91110102MACQD9K640", "Doubao", "ByteDance"),
    ("9144030008867405X2", "Jimeng", "ByteDance"),
    ("91440101MA9Y9T4H7A", "Qwen", "Alibaba"),
    ("91110108335469089C", "Kling", "Kuaishou"),
    ("91440300708461136T", "Yuanbao", "Tencent"),
    ("91110000802100433B", "Ernie", "Baidu"),
    ("91340100MAEB4N8H76", "RunningHub", ""),
    ("91110105MACJ6K1C8A", "LibLib", ""),
];

/// Companies and products that write a name in place of a number.
const NAMES: &[&str] = &[
    "ByteDance",
    "Alibaba",
    "Kuaishou",
    "Tencent",
    "Baidu",
    "PicWish",
    "豆包",
    "即梦",
    "通义千问",
    "可灵",
    "元宝",
    "文心一言",
    "腾讯云",
    "阿里云",
    "百度",
    "字节跳动",
    "快手",
];

/// Names of products are shorter than this.
const MAX_NAME: usize = 32;

/// The code of the company, if the number is one of a company: other kinds of subject may be persons.
fn company(number: &str) -> Option<&str> {
    let code = number.strip_prefix("0011")?.get(..18)?;
    let letters = code
        .bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    letters.then_some(code)
}

fn known(number: &str) -> Option<&'static (&'static str, &'static str, &'static str)> {
    let code = company(number)?;
    COMPANIES.iter().find(|(known, _, _)| *known == code)
}

/// A product's name in place of a number: a known one, or one bare word in small letters. All else may be a person.
fn is_name(written: &str) -> bool {
    let products = COMPANIES
        .iter()
        .flat_map(|(_, product, maker)| [*product, *maker]);
    let mut known = products.chain(NAMES.iter().copied());
    let small = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let digits = written.bytes().filter(u8::is_ascii_digit).count();
    let is_word =
        (2..=MAX_NAME).contains(&written.len()) && written.bytes().all(small) && digits < 6;
    is_word || known.any(|name| !name.is_empty() && name.eq_ignore_ascii_case(written))
}

/// Whether nothing in it can stand for a person.
pub(super) fn may_be_shown(written: &str) -> bool {
    company(written).is_some() || is_name(written)
}

/// What made it, as far as the number or the name tells.
pub(super) fn tool(written: &str) -> Option<String> {
    match known(written) {
        Some((_, product, "")) => Some((*product).to_owned()),
        Some((_, product, maker)) => Some(format!("{product} ({maker})")),
        None => is_name(written).then(|| written.to_owned()),
    }
}

/// The company's code with its product, or the name.
pub(super) fn described(written: &str) -> Option<String> {
    match (company(written), known(written)) {
        (Some(code), Some((_, product, _))) => Some(format!("{code} ({product})")),
        (Some(code), None) => Some(code.to_owned()),
        (None, _) => is_name(written).then(|| written.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn companies_names_and_other_numbers_are_told_apart() {
        let jimeng = "00119144030008867405X210001";
        assert_eq!(tool(jimeng).as_deref(), Some("Jimeng (ByteDance)"));
        assert_eq!(
            described(jimeng).as_deref(),
            Some("9144030008867405X2 (Jimeng)")
        );
        let unknown = "001191110000000000000X0001";
        assert_eq!(
            (tool(unknown), described(unknown).as_deref()),
            (None, Some("91110000000000000X"))
        );
        assert_eq!(tool("picwish").as_deref(), Some("picwish"));
        assert!(may_be_shown("Doubao") && may_be_shown("腾讯云"));
        for name in [
            "Jane Doe",
            "jane.doe",
            "jane@example.com",
            "technician 4",
            "王小明",
            "",
        ] {
            assert!(!may_be_shown(name), "{name}");
            assert_eq!((tool(name), described(name)), (None, None));
        }
        let person = "0012110101199001011234";
        assert!(!may_be_shown(person));
        assert_eq!((tool(person), described(person)), (None, None));
    }
}
