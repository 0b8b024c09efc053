"""Questions as mentoring programmes ask them in their forms, each with the field that its answers belong to.

A question: whose form it is in ("mentee", "mentor", "both"), the field (None: nothing that is matched by), the kind of its
answers (see `form_exports.ANSWERS`), and its wordings, of which each form takes one. All are made up.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One thing that forms ask, in several wordings."""

    side: str
    field: str | None
    kind: str
    wordings: tuple[str, ...]


QUESTIONS = (
    Question("both", "name", "name", (
        "Name", "Full Name", "First and last name", "Please enter your full name", "What is your name? (First, Last)",
        "Your full name and title", "Applicant Name", "Name (as it should appear in the programme)", "Participant name",
        "Legal name (first and last)", "What is your first and last name?", "Name and credentials", "Your name:",
        "Preferred name and surname", "Full name (with title)",
    )),
    Question("both", "email", "email", (
        "Email Address", "Institutional email", "Best email to reach you", "Preferred email address", "NHS email",
        "E-mail (work)", "Please provide your hospital e-mail address", "Contact email", "Email",
        "What is your email?", "Your work email address", "University email", "E-mail address for programme contact",
        "Email (please use your staff address)", "Primary email",
    )),
    Question("mentor", "places", "small number", (
        "How many mentees would you be willing to take on?", "Number of mentees you can accept this year",
        "Maximum mentees", "Mentee capacity", "How many students are you able to mentor?",
        "How many residents would you be willing to mentor at one time?", "Capacity (number of mentees)",
        "What is the maximum number of mentees you would like to be matched with?",
        "How many mentees are you able to support in this cohort?",
        "Up to how many mentees would you be willing to mentor?", "Number of mentees preferred", "Max # of mentees",
        "How many people are you willing to advise?", "Mentee slots available", "# of mentees you can take",
        "How many fellows can you mentor this year?",
    )),
    Question("mentee", "goals", "topics", (
        "Which areas would you like mentorship in? (select all that apply)",
        "Areas in which you would like guidance", "Topics you would like to discuss with your mentor",
        "What skills are you hoping to develop?", "I would like help with:",
        "Please select your top three mentoring goals", "Mentoring needs",
        "In which of the following areas would you like support from a mentor?", "What do you hope to work on?",
        "What capabilities would you like to develop through mentoring?", "What kind of mentor help would you like?",
        "What are your main goals for the mentorship?", "I am seeking mentorship on the following topics",
        "Areas of mentorship needed", "Skills you want to develop",
        "What specific areas would you like to develop further?", "Topics of interest",
    )),
    Question("mentor", "expertise", "topics", (
        "Areas in which you can offer guidance", "Which topics do you feel comfortable mentoring on?",
        "What areas can you mentor in? Select all that apply", "I can help with:", "Areas of mentoring expertise",
        "Skills you can share", "In which of the following areas are you able to provide mentorship?",
        "What topics could you advise a mentee about?", "Mentoring strengths",
        "Select the capabilities you feel confident mentoring others in", "What can you help mentees with?",
        "Which areas are you interested in supporting most?", "Area(s) of expertise",
        "I am able to provide mentorship on the following topics", "What skills can you share with a mentee?",
        "Topics you would be happy to discuss", "Areas you are willing to mentor in",
    )),
    Question("both", "field", "specialty", (
        "Specialty", "Medical specialty (or intended)", "What specialty are you most interested in?",
        "Primary specialty", "Clinical area of practice", "Specialty / subspecialty", "Intended or current specialty",
        "What is your area of practice?", "Which clinical specialty do you work in?",
        "Clinical specialty or area of interest", "Which specialties are you considering?", "Field of medicine",
        "Nursing specialty", "Specialty area", "Your discipline",
    )),
    Question("both", "stage", "stage", (
        "Current training level", "PGY level", "What is your current level of training?", "Career stage",
        "Year in program", "Grade", "Stage of training or career", "Current career level", "What is your seniority?",
        "Level of training", "What year are you in?", "Current stage of career", "Training grade",
        "Current academic level", "Seniority level",
    )),
    Question("both", "place", "zip", (
        "ZIP code", "Home ZIP code", "What is your zip code?", "Zip", "Postal code of your home",
        "Please give the postal code where you live", "Home postal code", "Zip code (5 digits)", "Work ZIP",
    )),
    Question("both", "remote", "yes or no", (
        "Are you open to meeting virtually?", "Willing to meet online?",
        "Would you be comfortable with virtual meetings?", "Can you meet remotely?", "Happy to meet by video call?",
        "Are you willing to meet remotely?", "Open to virtual mentoring", "Are online meetings OK for you?", "Remote ok?",
        "Would you be willing to have online sessions?", "I am happy to meet via Zoom or Teams",
        "Are you open to remote mentorship?",
    )),
    Question("both", "hours", "times", (
        "When are you generally available to meet?", "Availability (check all that apply)",
        "Best days/times to meet", "What times work best for you?", "Please tell us your weekly availability",
        "Which days and times suit you?", "Available days and times", "When could you meet?", "Meeting availability",
        "What days/times are good for regular meetings? (choose at least 3)", "Preferred days and times for sessions",
        "General availability", "When works best for you?", "Please select all times you are available",
    )),
    Question("both", "time_zone", "zone", (
        "What time zone are you in?", "Time Zone", "Your timezone", "Please select your time zone", "Timezone",
        "Which time zone do you live in?", "Time zone (for scheduling)", "Local time zone", "TIME ZONE",
    )),
    Question("both", "languages", "languages", (
        "Languages spoken", "What languages do you speak fluently?", "Which languages do you speak (besides English)?",
        "Languages", "Please list the languages you speak", "Spoken languages", "Language(s)", "Languages you can mentor in",
        "Languages known",
    )),
    Question("both", "about", "sentence", (
        "Tell us a little about yourself", "Brief bio", "Please write a short biography",
        "Personal statement (200 words)", "About you", "Describe yourself in a few sentences", "Short bio for the match",
        "Bio", "Tell us about yourself and your interests", "Please introduce yourself in a few lines",
        "Short introduction", "Background and interests (for your match)", "A few words about you",
    )),
    Question("mentee", "not_with", "colleague", (
        "Is there anyone you should not be paired with?", "Please list any faculty you do NOT wish to be matched with",
        "Conflicts of interest (names)", "Is there anyone you'd prefer not to be matched with? (confidential)",
        "Do not match me with", "People you would rather not be matched with",
        "Anyone you would feel uncomfortable being paired with?", "Is there somebody we should avoid pairing you with?",
        "Names of mentors you should not be assigned to", "Are there any people you should not be matched with?",
        "List anyone you do not want as a mentor", "Individuals you would prefer not to be paired with",
        "Do you have a conflict of interest with any mentor? Please name them", "Exclusions (names)",
    )),
    Question("mentee", "manager", "supervisor", (
        "Who is your line manager?", "Name of direct supervisor", "Supervisor", "Line manager name",
        "Please give the name of your clinical supervisor", "Manager", "Your educational supervisor",
        "Current line manager", "Supervisor's name", "Who do you report to?", "Direct manager (name)",
        "Name of your current supervisor", "Reporting manager",
    )),
    Question("mentee", "gender_wanted", "gender wish", (
        "Do you have a preference for the gender of your mentor?", "Preferred mentor gender",
        "Would you prefer a mentor of a particular gender?", "Mentor gender preference", "Gender of mentor preferred",
        "Preferred gender of your mentor", "Is there a gender you would prefer your mentor to be?",
        "Would you prefer to be matched with a mentor of a specific gender?", "Gender preference",
        "Gender preference for mentor", "Do you prefer a mentor of a certain gender?",
    )),
    Question("mentor", "gender", "gender", (
        "Gender", "What gender do you identify with?", "Gender identity", "Sex", "Your gender", "How do you describe your gender?",
        "Gender (optional)", "What is your gender identity?", "Gender:",
    )),
)  # fmt: skip

DISTRACTORS = (
    ("Phone number", "phone"), ("Cell phone", "phone"), ("Best phone number to reach you", "phone"),
    ("Mobile", "phone"), ("Pronouns", "pronouns"), ("How did you hear about this programme?", "sentence"),
    ("Do you agree to the terms and conditions?", "yes or no"), ("LinkedIn profile", "link"),
    ("T-shirt size", "size"), ("Dietary restrictions", "sentence"), ("Age", "age"),
    ("Have you taken part in a mentoring programme before?", "yes or no"), ("NPI number", "long number"),
    ("Date of birth", "date"), ("Years of experience", "age"), ("Emergency contact name", "name"),
    ("Emergency contact phone", "phone"), ("Please upload your CV", "link"), ("Graduation year", "year"),
    ("Medical school attended", "school"), ("How often would you like to meet?", "often"),
    ("Preferred method of communication", "method"), ("Have you had a mentor before?", "yes or no"),
    ("Number of publications", "small number"), ("I consent to my data being stored", "yes or no"),
    ("Is there anything that would not be OK to talk about?", "sentence"),
    ("Other interests not mentioned above", "sentence"), ("Membership number", "long number"),
    ("What would make this programme a success for you?", "sentence"), ("Badge number", "long number"),
    ("Have you completed the mentor training?", "yes or no"), ("Postgraduate degrees", "degree"),
    ("Do you need any accessibility adjustments?", "yes or no"), ("Date of graduation", "date"),
    ("Weekly clinical hours", "age"), ("Name of emergency contact", "name"), ("Contract end date", "date"),
)  # fmt: skip
