//! Origins, causes, effects, places, and what no evidence decides.

use super::{Found, Sentence};
use crate::claims::lexicon::Hit;
use crate::claims::places::areas;
use skypicket_model::claim::{Affected, ClaimedCause, Content, EffectKind, EventKind, Matter};

pub(super) fn rules(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    origin(sentence, found);
    cause_down(sentence, found);
    cause_damage(sentence, found);
    effect(sentence, found);
    place(sentence, found);
    if let Some(hit) = sentence.hits("precedent").into_iter().next() {
        found.push(Found { rule: "precedent", content: Content::Matter(Matter::Precedent), rests_on: vec![hit.words] });
    }
    let about_it = || sentence.hits("object").into_iter().chain(sentence.hits("entered")).next();
    if let (Some(hit), Some(about)) = (sentence.hits("purpose").into_iter().next(), about_it()) {
        let rests_on = vec![hit.words, about.words];
        found.push(Found { rule: "purpose", content: Content::Matter(Matter::Purpose), rests_on });
    }
}

fn origin(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    for hit in sentence.hits("launched").into_iter().filter(|hit| !sentence.unreal(hit.words.start)) {
        // Officials come from somewhere too: an object must be spoken of.
        if sentence.hits("object").is_empty() {
            continue;
        }
        let near = |start: usize| (hit.words.end..=hit.words.end + 5).contains(&start);
        if let Some((words, area)) = areas(sentence.tokens)
            .into_iter()
            .filter(|(words, _)| near(words.start))
            .min_by_key(|(words, _)| words.start)
        {
            found.push(Found { rule: "origin", content: Content::Origin { area }, rests_on: vec![hit.words, words] });
        }
    }
}

fn means(hit: &Hit) -> Option<ClaimedCause> {
    Some(match hit.value {
        "surface_to_air" => ClaimedCause::SurfaceToAir,
        "aircraft" => ClaimedCause::Aircraft,
        "own_or_allied_ordnance" => ClaimedCause::OwnOrAlliedOrdnance,
        "object_itself" => ClaimedCause::ObjectItself,
        "electronic_means" => ClaimedCause::ElectronicMeans,
        _ => return None,
    })
}

fn cause_down(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    for down in sentence.hits("down").into_iter().filter(|hit| !sentence.unreal(hit.words.start)) {
        let by = (down.words.end..down.words.end + 3).find(|at| matches!(sentence.lower(*at), "by" | "with" | "using"));
        let after = by.and_then(|by| sentence.after("means", by, 4).map(|hit| (by, hit)));
        // "Jets shot the drones down" has an object after; "jets were shot down" has none.
        let passive = down
            .words
            .start
            .checked_sub(1)
            .is_some_and(|at| matches!(sentence.lower(at), "were" | "was" | "been" | "being"));
        let before = || sentence.before("means", down.words.start, 3).filter(|_| !passive);
        let (by, means_hit) = match after {
            Some((by, hit)) => (Some(by), hit),
            None => match before() {
                Some(hit) => (None, hit),
                None => continue,
            },
        };
        let Some(cause) = means(&means_hit) else { continue };
        let mut rests_on = vec![down.words, means_hit.words];
        rests_on.extend(by.map(|by| by..by + 1));
        found.push(Found {
            rule: "cause-down",
            content: Content::Cause { of: Affected::ObjectsDown, place: None, cause },
            rests_on,
        });
    }
}

fn cause_damage(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    for damage in sentence.hits("damage").into_iter().filter(|hit| !sentence.unreal(hit.words.start)) {
        let Some(by) = (damage.words.end..damage.words.end + 4).find(|at| sentence.lower(*at) == "by") else {
            continue;
        };
        let stated = sentence.after("means", by, 4).and_then(|hit| means(&hit).map(|cause| (hit.words, cause)));
        let drone = || {
            let object = sentence.after("object", by, 3)?;
            sentence.lower(object.words.start).starts_with("drone").then_some((object.words, ClaimedCause::Drone))
        };
        let Some((words, cause)) = stated.or_else(drone) else { continue };
        let town = sentence.town_near(damage.words.start, 12);
        let mut rests_on = vec![damage.words, by..by + 1, words];
        rests_on.extend(town.iter().map(|(words, _)| words.clone()));
        let place = town.map(|(_, place)| place);
        found.push(Found {
            rule: "cause-damage",
            content: Content::Cause { of: Affected::Damage, place, cause },
            rests_on,
        });
    }
}

fn effect(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    let area = |at: usize| sentence.state_after(at, 8);
    for (class, effect) in [("damage", EffectKind::Damage), ("casualties", EffectKind::Casualties)] {
        for hit in sentence.hits(class).into_iter().filter(|hit| !sentence.unreal(hit.words.start)) {
            let no = sentence.before("no", hit.words.start, 4);
            let damaged = sentence.lower(hit.words.start) == "damaged" || sentence.lower(hit.words.end) == "by";
            let happened = match (&no, effect) {
                (Some(_), _) => false,
                (None, EffectKind::Damage) if damaged => true,
                _ => continue,
            };
            let state = area(hit.words.end);
            let town = sentence.town_near(hit.words.start, 12).filter(|_| happened);
            let mut rests_on = vec![hit.words];
            rests_on.extend(no.map(|no| no.words));
            rests_on.extend(state.iter().map(|(words, _)| words.clone()));
            rests_on.extend(town.iter().map(|(words, _)| words.clone()));
            let area = state.map_or_else(String::new, |(_, code)| code.to_owned());
            let content = Content::Effect { effect, happened, place: town.map(|(_, place)| place), area };
            found.push(Found { rule: "effect", content, rests_on });
        }
    }
}

fn place(sentence: &Sentence<'_>, found: &mut Vec<Found>) {
    let came_down =
        sentence.hits("found").into_iter().chain(sentence.hits("shot")).map(|hit| (hit, EventKind::CameDown));
    let entered = sentence.hits("entered").into_iter().map(|hit| (hit, EventKind::Entry));
    for (hit, event) in came_down.chain(entered).filter(|(hit, _)| !sentence.unreal(hit.words.start)) {
        // Of people and things that are found or fall only objects and their parts are meant.
        let object = sentence.hits("object").into_iter().chain(sentence.hits("wreck")).next();
        let (Some(object), Some((words, place))) = (object, sentence.town_near(hit.words.start, 8)) else { continue };
        let rests_on = vec![hit.words, object.words, words];
        found.push(Found { rule: "place", content: Content::Place { event, place }, rests_on });
    }
}
