use super::*;
use crate::claims::european_zones;
use skypicket_model::Referent;
use skypicket_model::claim::{ClaimedCause, ClaimedRole, EffectKind, EventKind, Matter};

/// An article in our own words, of the kind that newspapers print the morning after.
const MORNING: &str = "Officials in the capital confirmed that several drones, thought to have been launched from Russian-occupied Ukrainian territory, were intercepted.
According to the Ministry of Defence, at least three drones crossed into Polish airspace late on Tuesday before being neutralised by surface-to-air systems. \
No casualties or property damage were reported in Poland.
Another leader spoke of new sanctions and of further provocations. If drones were to cause damage, a clause might be invoked.
Adam Nowak, the president of Poland, spoke with a colleague on Wednesday. It was the first time that the alliance fired shots there. \
Officials said Polish and Dutch jets intercepted the Russian drones.
Polish President Jan Kowalski stated that nobody would accept it. Talks will go on.";

fn context() -> Context {
    let said = Time::parse("2025-09-11T08:00:00Z").expect("a time");
    Context { said_until: Some(said), zones: european_zones(said), watched: vec!["POL".to_owned()] }
}

fn proposed(text: &str) -> Vec<Proposal> {
    propose(text, &context())
}

fn words(text: &str, proposal: &Proposal) -> String {
    proposal.words.iter().map(|range| &text[range.clone()]).collect::<Vec<_>>().join(" … ")
}

#[test]
fn every_rule_finds_its_example() {
    for rule in RULES {
        let found = proposed(rule.example);
        assert!(found.iter().any(|proposal| proposal.rule == rule.name), "{}: {found:?}", rule.name);
        for proposal in &found {
            assert!(!proposal.words.is_empty() && !proposal.rule.is_empty(), "{proposal:?}");
        }
    }
}

#[test]
fn an_article_of_that_morning_makes_the_claims_that_it_makes() {
    let found = proposed(MORNING);
    let of = |rule: &str| found.iter().filter(|proposal| proposal.rule == rule).collect::<Vec<_>>();
    let counts = of("count-entered");
    assert_eq!(counts.len(), 1);
    let three = Content::Count {
        referent: Referent::ObjectsEntered,
        least: 3,
        most: None,
        area: "POL".to_owned(),
        across: String::new(),
    };
    assert_eq!(counts[0].content, three);
    assert_eq!(words(MORNING, counts[0]), "at least three drones crossed into Polish");
    assert_eq!(counts[0].who.clone().map(|who| &MORNING[who]), Some("the Ministry of Defence"));
    let causes: Vec<&Content> = of("cause-down").iter().map(|proposal| &proposal.content).collect();
    let down = |cause| Content::Cause { of: skypicket_model::claim::Affected::ObjectsDown, place: None, cause };
    assert_eq!(causes, [&down(ClaimedCause::SurfaceToAir), &down(ClaimedCause::Aircraft)]);
    let names: Vec<&Content> = of("office").iter().map(|proposal| &proposal.content).collect();
    let office =
        |name: &str| Content::Actor { role: ClaimedRole::HeadOfState, of: "POL".to_owned(), name: name.to_owned() };
    assert_eq!(names, [&office("Adam Nowak"), &office("Jan Kowalski")]);
    assert!(
        matches!(&of("origin")[0].content, Content::Origin { area } if area.ring.len() > 3 && area.code.is_empty())
    );
    let none = |effect| Content::Effect { effect, happened: false, place: None, area: "POL".to_owned() };
    assert!(of("effect").iter().any(|p| p.content == none(EffectKind::Damage)), "{:?}", of("effect"));
    assert!(of("effect").iter().any(|p| p.content == none(EffectKind::Casualties)));
    assert!(
        of("precedent").iter().all(|p| p.content == Content::Matter(Matter::Precedent)) && of("precedent").len() == 1
    );
    // Late on Tuesday: the evening of the ninth, in each zone.
    let Content::Time { event: EventKind::Entry, moments, .. } = &of("time-entry")[0].content else {
        panic!("{found:?}")
    };
    let told: Vec<String> = moments.iter().map(|m| format!("{} {}", m.zone, &m.from.to_string()[..16])).collect();
    assert_eq!(told, ["CEST 2025-09-09T16:00", "EEST 2025-09-09T15:00", "UTC 2025-09-09T18:00"]);
    assert_eq!(of("office")[0].who.clone().map(|who| &MORNING[who]), None, "he spoke with somebody");
    assert_eq!(of("effect")[0].who, None, "nobody is named");
    // Politics makes no claim.
    for silent in ["Another leader", "If drones", "Talks will"] {
        let at = MORNING.find(silent).expect("it is there");
        assert!(found.iter().all(|proposal| !proposal.sentence.contains(&at)), "{silent}");
    }
}

#[test]
fn hedges_bound_counts() {
    let count = |text: &str| {
        proposed(text).into_iter().find_map(|proposal| match proposal.content {
            Content::Count { referent, least, most, across, .. } => Some((referent, least, most, across)),
            _ => None,
        })
    };
    let entered = |least, most| Some((Referent::ObjectsEntered, least, most, String::new()));
    assert_eq!(count("19 drones entered Polish airspace."), entered(19, Some(19)));
    assert_eq!(count("So far 19 drones entered Polish airspace."), entered(19, None));
    assert_eq!(count("More than ten drones flew into Poland."), entered(11, None));
    assert_eq!(count("About 20 drones flew into Poland."), entered(18, Some(22)));
    assert_eq!(count("Up to 23 drones flew into Poland."), entered(0, Some(23)));
    assert_eq!(count("Between 19 and 23 drones entered Poland."), entered(19, Some(23)));
    assert_eq!(count("Of 40 flights, 19 to 23 drones entered Poland."), entered(19, Some(23)));
    let from = Some((Referent::ObjectsEntered, 8, None, "UKR".to_owned()));
    assert_eq!(count("At least eight drones crossed into Poland from Ukraine."), from);
    assert_eq!(count("They shot down three drones."), Some((Referent::ReportedShotDown, 3, Some(3), String::new())));
    assert_eq!(count("In 2025 drones entered Polish airspace."), None, "a year is no count");
    assert_eq!(count("If ten drones entered Poland, it would matter."), None);
    assert_eq!(count("Ten ministers entered the room."), None);
}

#[test]
fn depths_times_and_places_keep_what_they_rest_on() {
    let depth = proposed("Some of them flew up to 450 km from the Ukrainian border.");
    let wanted = Content::Depth { least_m: 427_500.0, most_m: Some(472_500.0), from: "UKR".to_owned() };
    assert_eq!(depth[0].content, wanted, "{depth:?}");
    let first = proposed("The first violation was at 23:30 local time.");
    let Content::Time { event: EventKind::FirstEntry, moments, .. } = &first[0].content else { panic!("{first:?}") };
    assert_eq!((moments.len(), moments[0].zone.as_str()), (1, "CEST"));
    assert_eq!(moments[0].from.to_string(), "2025-09-10T21:20:00.000Z", "the last one before it was said");
    let zoned = proposed("The first violation was at 11.30 pm GMT on Tuesday.");
    let Content::Time { moments, .. } = &zoned[0].content else { panic!("{zoned:?}") };
    assert_eq!((moments.len(), moments[0].from.to_string().as_str()), (1, "2025-09-09T23:20:00.000Z"));
    let place = proposed("Debris of a drone was found near Wyryki.");
    let found = |p: &&Proposal| matches!(&p.content, Content::Place { event: EventKind::CameDown, place } if place.name == "Wyryki");
    assert!(place.iter().any(|p| found(&p)), "{place:?}");
    assert!(proposed("Before the incursion, they met on Tuesday.").is_empty(), "it dates the meeting");
    let unknown = Context { said_until: None, ..context() };
    assert!(propose("The first violation was at 23:30.", &unknown).is_empty(), "of no day");
}

#[test]
fn proposals_are_bounded() {
    let text: String = (0..2 * MAX_PROPOSALS).map(|n| format!("{} drones entered Poland. ", 2_101 + n)).collect();
    assert_eq!(proposed(&text).len(), MAX_PROPOSALS);
    assert!(proposed("").is_empty());
}
