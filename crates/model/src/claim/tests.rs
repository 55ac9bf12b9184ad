use super::*;
use crate::count::Referent;
use crate::frames::LatLon;

fn claim() -> Claim {
    Claim {
        who: "the ministry".to_owned(),
        said: vec![Moment { from: Time::from_s(1000), until: Time::from_s(2000), zone: "CEST".to_owned() }],
        source: Source { name: "a paper".to_owned(), ..Source::default() },
        quotation: "No fewer than three came in.".to_owned(),
        quotation_at: 12,
        words: vec![(0, 19), (25, 27)],
        rule: "count-entered".to_owned(),
        about: None,
        content: Content::Count {
            referent: Referent::ObjectsEntered,
            least: 3,
            most: None,
            area: "POL".to_owned(),
            across: String::new(),
        },
    }
}

#[test]
fn what_cannot_be_taken_says_why() {
    assert_eq!(claim().fault(), None);
    let wrong = |change: &dyn Fn(&mut Claim)| {
        let mut claim = claim();
        change(&mut claim);
        claim.fault().is_some()
    };
    assert!(wrong(&|c| c.said.clear()));
    assert!(wrong(&|c| c.said[0].until = Time::from_s(999)));
    assert!(wrong(&|c| c.said[0].until = Time::from_s(99 * 86_400)));
    assert!(wrong(&|c| (c.who, c.source.name) = (String::new(), " ".to_owned())));
    assert!(wrong(&|c| c.quotation.clear()));
    assert!(wrong(&|c| c.quotation = "x".repeat(MAX_QUOTATION + 1)));
    assert!(wrong(&|c| c.words = vec![(5, 5)]), "nothing");
    assert!(wrong(&|c| c.words = vec![(5, 9), (8, 10)]), "over each other");
    assert!(wrong(&|c| c.words = vec![(20, 99)]), "beyond the end");
    assert!(wrong(&|c| (c.quotation, c.words) = ("dwa węzły".to_owned(), vec![(0, 6)])), "inside a letter");
    assert!(wrong(&|c| c.content = Content::Depth { least_m: f64::NAN, most_m: None, from: String::new() }));
    let nowhere = ClaimPlace { name: "x".to_owned(), place: LatLon { lat_deg: 91.0, lon_deg: 0.0 }, radius_90_m: 1.0 };
    assert!(wrong(&|c| c.content = Content::Place { event: EventKind::Entry, place: nowhere.clone() }));
    let unnamed = |name: &str| Content::Time { event: EventKind::Named, name: name.to_owned(), moments: claim().said };
    assert!(wrong(&|c| c.content = unnamed(" ")));
    assert!(!wrong(&|c| c.content = unnamed("R129")));
}

#[test]
fn a_claim_keeps_its_name_and_its_bytes() {
    let (one, other) = (claim(), Claim { who: "another ministry".to_owned(), ..claim() });
    assert_eq!(one.id(), claim().id());
    assert_ne!(one.id(), other.id());
    assert_eq!(Claim::from_canon(&one.to_canon()), Ok(one.clone()));
    let steps = [ClaimChange::Proposed, ClaimChange::Confirmed, ClaimChange::Withdrawn { reason: "twice".to_owned() }];
    let mut record = ClaimRecord { id: one.id(), number: 1, claim: one, history: Vec::new() };
    let states: Vec<ClaimState> = steps
        .into_iter()
        .map(|what| {
            record.history.push(ClaimStep { time: Time::from_s(5), by: "A".to_owned(), what });
            record.state()
        })
        .collect();
    assert_eq!(states, [ClaimState::Proposed, ClaimState::Confirmed, ClaimState::Withdrawn]);
    assert_eq!(ClaimRecord::from_canon(&record.to_canon()), Ok(record));
}

#[test]
fn what_is_said_speaks_of_the_night_before() {
    let mut claim = claim();
    assert_eq!(claim.speaks_of(), (Time::from_s(1000 - 36 * 3600), Time::from_s(2000)));
    claim.about = Some(Moment { from: Time::from_s(7), until: Time::from_s(8), zone: String::new() });
    assert_eq!(claim.speaks_of(), (Time::from_s(7), Time::from_s(8)));
}
