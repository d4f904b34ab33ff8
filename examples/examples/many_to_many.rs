//! Many to many over a join table with a model of its own, whose rows say something about each pair.

use orm_core::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(many_to_many(courses: Course, through = Enrolment))]
struct Student {
    id: u64,
    name: String,
}

#[derive(Model, Debug, Clone)]
#[model(many_to_many(students: Student, through = Enrolment))]
struct Course {
    id: u64,
    title: String,
}

/// The row of a pair. Its key is the pair, so that there is one row for each.
#[derive(Model, Debug, Clone)]
struct Enrolment {
    #[model(primary_key, belongs_to = Student, on_delete = cascade)]
    student_id: u64,
    #[model(primary_key, belongs_to = Course, on_delete = cascade)]
    course_id: u64,
    mark: Option<u8>,
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    let db = examples::connect().await?;
    db.sync_force(&[Student::TABLE, Course::TABLE, Enrolment::TABLE]).await?;
    let names = ["Ada", "Bob", "Cleo"];
    let people = Student::bulk_create(&db, names.map(|name| Student::build().name(name))).await?;
    let courses =
        Course::bulk_create(&db, ["Logic", "Music"].map(|title| Course::build().title(title))).await?;
    people[0].add_courses(&db, &courses).await?;
    // The row of the join table has a column of its own. Ada is linked already, so hers is updated.
    people[0].add_course_with(&db, &courses[0], Enrolment::build().mark(1)).await?;
    people[1].add_course_with(&db, &courses[0], Enrolment::build().mark(3)).await?;

    let students = Student::find().include(Student::COURSES.with_join_row()).order_by(Student::ID);
    for (student, courses) in students.all(&db).await? {
        println!("{}", student.name);
        for (course, Enrolment { mark, .. }) in courses {
            println!(
                "  {}: {}",
                course.title,
                mark.map_or("no mark".to_owned(), |mark| format!("mark {mark}"))
            );
        }
    }

    let marked =
        Course::STUDENTS.filter_join_row(Enrolment::MARK.is_not_null()).order_by(Student::NAME.desc());
    let courses = Course::find().include(marked.select(Student::NAME)).include(Course::STUDENTS.count());
    for (course, marked, number) in courses.order_by(Course::ID).all(&db).await? {
        println!("{}: {number} in all, with a mark: {marked:?}", course.title);
    }

    let musicians = Student::find().filter(Student::COURSES.any(Course::TITLE.eq("Music")));
    println!("hear music: {}", musicians.select(Student::NAME).all(&db).await?.join(", "));
    db.close().await
}
